"""E-mail through an SMTP server, with Django's backend in a few threads that keep their connections."""

import asyncio
import contextlib
import queue
import smtplib
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from email.charset import BASE64, QP, Charset
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import Adapter, Checkup, adapter
from ..news import HookRequest, Media, News, Polled
from ..outcomes import Accepted, Fault, Outcome, Parcel, Refused, Unknown
from . import reasons
from .bounces import KEY_HEADER
from .errors import read_fault
from .fields import MAILBOX_FIELDS, SENDING_FIELDS, find_faults
from .imap import fetch_attachment, knock, look_in
from .letters import read_letter
from .smtp_pool import Connection, Handover

THREADS = 24  # connections to the server at most, from one worker process; many servers take 50 from one address
REST_CHECK_SECONDS = 1  # so a worker that is done keeps none of them from the next one


@adapter
class Smtp(Adapter):
    key = "smtp"
    label = gettext_lazy("E-mail server (SMTP)")
    channel = "email"
    line = "email"
    poll_seconds = 60
    carries_files = True
    fields = (*SENDING_FIELDS, *MAILBOX_FIELDS)

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="smtp")
        self.resting: queue.LifoQueue[Connection] = queue.LifoQueue()
        self.under_way = 0
        self.tidying: asyncio.Task[None] | None = None

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        return find_faults(config)

    async def send(self, parcel: Parcel) -> Outcome:
        self.under_way += 1
        if self.tidying is None or self.tidying.done():
            self.tidying = asyncio.create_task(self._tidy())
        try:
            return await self._send(parcel)
        finally:
            self.under_way -= 1

    async def _send(self, parcel: Parcel) -> Outcome:
        handover = Handover()
        try:
            task = self.threads.submit(self._carry, parcel, handover)
        except RuntimeError:  # closed meanwhile, since the gateway was changed: this letter has not begun
            return _came_too_fast()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(task), self.timeout)
        except TimeoutError:
            if handover.abandon() and not handover.is_tried:
                return _came_too_fast()
            if not handover.has_begun:
                return Refused(reasons.TOO_SLOW(), permanent=False, fault=Fault.PROVIDER)
            return Unknown(reasons.NOT_CONFIRMED())

    async def check(self) -> Checkup:
        """Both the server that sends and the mailbox, if there is one."""
        task = asyncio.wrap_future(self.threads.submit(self._knock))
        try:
            checkup = await asyncio.wait_for(task, self.timeout)
        except TimeoutError:
            return Checkup(problem=reasons.NO_ANSWER())
        if not checkup.is_good or not self.can_poll(self.config):
            return checkup
        if problem := await asyncio.to_thread(knock, self.config, self.timeout):
            return Checkup(problem=problem)
        return Checkup(_("The mail server lets us in, and the mailbox is read every minute."))

    @classmethod
    def can_poll(cls, config: dict[str, str]) -> bool:
        return bool(config.get("imap_host"))

    async def poll_on(self, cursor: dict[str, Any]) -> AsyncGenerator[Polled, None]:
        letters = look_in(self.config, self.timeout, cursor)
        loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, thread_name_prefix="imap")
        try:
            while (polled := await loop.run_in_executor(thread, next, letters, None)) is not None:
                yield polled
        finally:
            await loop.run_in_executor(thread, letters.close)  # in the same thread: after what is under way
            thread.shutdown()

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        return read_letter(request)

    async def fetch_media(self, reference: str) -> Media:
        return await asyncio.to_thread(fetch_attachment, self.config, self.timeout, reference)

    async def close(self) -> None:
        if self.tidying is not None:
            self.tidying.cancel()
        await asyncio.to_thread(self.threads.shutdown)
        while not self.resting.empty():
            await asyncio.to_thread(self.resting.get_nowait().let_go)

    async def _tidy(self) -> None:
        """Let go of connections that rested too long, until none is left."""
        has_some = True
        while has_some or self.under_way:
            await asyncio.sleep(REST_CHECK_SECONDS)
            has_some = await asyncio.to_thread(self._let_go_of_stale)

    def _let_go_of_stale(self) -> bool:
        """Runs in a thread; whether others are still resting."""
        rested = []
        with contextlib.suppress(queue.Empty):
            while True:
                rested.append(self.resting.get_nowait())
        fresh = [connection for connection in rested if connection.is_fresh()]
        for connection in reversed(fresh):  # the one used last is taken first
            self.resting.put(connection)
        for connection in rested:
            if connection not in fresh:
                connection.let_go()
        return bool(fresh)

    def _carry(self, parcel: Parcel, handover: Handover) -> Outcome:
        """Runs in a thread."""
        if handover.waited > self.timeout / 2:
            return _came_too_fast()
        handover.is_tried = True
        connection = self._take_connection()
        had_rested = connection.letters > 0
        try:
            connection.carry(self._write(parcel), handover, parcel.key)
        except (smtplib.SMTPException, OSError) as error:
            connection.cut()
            if had_rested and not handover.has_begun and isinstance(error, smtplib.SMTPServerDisconnected):
                return self._carry(parcel, handover)  # the server hung up meanwhile; ends with a new connection
            return read_fault(error, has_left=handover.has_begun)
        except ValueError:
            connection.cut()
            return Refused(reasons.IMPOSSIBLE(), permanent=True, fault=Fault.US)
        self.resting.put(connection)
        return Accepted()

    def _knock(self) -> Checkup:
        """Runs in a thread."""
        connection = self._make_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            return Checkup(problem=read_fault(error, has_left=False).reason)
        finally:
            connection.let_go()
        return Checkup(_("The mail server lets us in."))

    def _take_connection(self) -> Connection:
        while True:
            try:
                connection = self.resting.get_nowait()
            except queue.Empty:
                return self._make_connection()
            if connection.is_fresh():
                return connection
            connection.let_go()

    def _make_connection(self) -> Connection:
        connection = Connection(
            host=self.config["host"],
            port=int(self.config["port"]),
            username=self.config.get("username", ""),
            password=self.config.get("password", ""),
            use_tls=self.config["security"] == "starttls",
            use_ssl=self.config["security"] == "ssl",
            timeout=self.timeout,
        )
        connection.is_returned_by_key = self.config.get("returns_to") == "plus"
        return connection

    def _write(self, parcel: Parcel) -> EmailMessage:
        """Plain text. Whatever customers' names bring into the subject stays in one line."""
        sender, reply_to = self.config["sender"], self.config.get("reply_to")
        letter = EmailMessage(
            subject=" ".join(parcel.subject.split()),
            body=parcel.body,
            from_email=formataddr((name, sender)) if (name := self.config.get("sender_name")) else sender,
            to=[parcel.to],
            reply_to=[reply_to] if reply_to else None,
            headers={
                "Message-ID": f"<{parcel.key}@{sender.rpartition('@')[2]}>",
                KEY_HEADER: parcel.key,
                "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
                **parcel.headers,
            },
        )
        letter.encoding = _encoding_of(parcel.body)
        for file in parcel.enclosures:
            letter.attach(file.name, file.path.read_bytes(), file.content_type)
        return letter


def _encoding_of(text: str) -> Charset:
    """UTF-8 in seven bits: not every server takes eight (RFC 6152), and what is rewritten loses its signature."""
    charset = Charset("utf-8")
    is_mostly_latin = len(text.encode()) < 1.3 * len(text)
    charset.body_encoding = QP if is_mostly_latin else BASE64
    return charset


def _came_too_fast() -> Refused:
    """The server was not even asked, so this was no try."""
    return Refused(reasons.TOO_FAST(), False, Fault.US, retry_after=0)
