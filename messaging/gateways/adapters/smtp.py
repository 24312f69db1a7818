"""E-mail through an SMTP server, with Django's backend in a few threads that keep their connections."""

import asyncio
import queue
import smtplib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formataddr

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Adapter, Checkup, ConfigField, adapter
from .outcomes import Accepted, Fault, Outcome, Parcel, Refused, Unknown
from .smtp_errors import read_fault

THREADS = 16  # connections to the server at most, from one worker process
IDLE_SECONDS = 5  # a connection that rested longer is made anew: servers hang up without a word
LETTERS_PER_CONNECTION = 100  # more are refused by many servers


class _Handover:
    """Decides, once and for both threads, whether a letter left before its time was up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_at = time.monotonic()
        self.is_tried = False  # a connection was free for it in time
        self.has_begun = False
        self._is_abandoned = False

    @property
    def waited(self) -> float:
        """Seconds since the letter was given to us."""
        return time.monotonic() - self._given_at

    def begin(self) -> None:
        """Called right before the letter leaves. Raises TimeoutError when nobody waits for it any more."""
        with self._lock:
            if self._is_abandoned:
                raise TimeoutError
            self.has_begun = True

    def abandon(self) -> bool:
        """True: the letter has not left and never will."""
        with self._lock:
            self._is_abandoned = not self.has_begun
            return self._is_abandoned


class _Announcing:
    """An SMTP connection that says when the text of a letter is about to leave: after that, no answer means doubt."""

    handover: _Handover | None = None

    def data(self, msg: bytes) -> tuple[int, bytes]:
        if self.handover:
            self.handover.begin()
        return super().data(msg)


class _PlainConnection(_Announcing, smtplib.SMTP):
    pass


class _SslConnection(_Announcing, smtplib.SMTP_SSL):
    pass


class _Connection(EmailBackend):
    letters = 0
    used_at = 0.0  # time.monotonic()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SslConnection if self.use_ssl else _PlainConnection

    def carry(self, letter: EmailMessage, handover: _Handover) -> None:
        """Raises what smtplib and sockets raise; `handover.has_begun` tells whether the letter had left by then."""
        self.open()
        self.connection.handover = handover
        self.send_messages([letter])
        self.letters += 1
        self.used_at = time.monotonic()

    def is_fresh(self) -> bool:
        return self.letters < LETTERS_PER_CONNECTION and time.monotonic() - self.used_at < IDLE_SECONDS

    def let_go(self) -> None:
        """Says goodbye to the server."""
        try:
            self.close()
        except (OSError, smtplib.SMTPException):
            self.cut()

    def cut(self) -> None:
        """Closes without a word, since something went wrong."""
        for connection in filter(None, (self.connection, self._partial_connection)):
            connection.close()
        self.connection = self._partial_connection = None


@adapter
class Smtp(Adapter):
    key = "smtp"
    label = gettext_lazy("E-mail server (SMTP)")
    channel = "email"
    fields = (
        ConfigField(
            "host", gettext_lazy("Server"), is_address=True, help_text=gettext_lazy("For example smtp.example.com.")
        ),
        ConfigField(
            "security",
            gettext_lazy("Encryption"),
            default="starttls",
            choices=(
                ("starttls", gettext_lazy("STARTTLS (usually port 587)")),
                ("ssl", gettext_lazy("SSL/TLS (usually port 465)")),
                ("none", gettext_lazy("none: only inside one's own network")),
            ),
        ),
        ConfigField("port", gettext_lazy("Port"), kind="number", default="587"),
        ConfigField("username", gettext_lazy("User name"), is_required=False),
        ConfigField("password", gettext_lazy("Password"), is_secret=True, is_required=False),
        ConfigField("sender", gettext_lazy("Sender's address"), kind="email"),
        ConfigField(
            "sender_name",
            gettext_lazy("Sender's name"),
            is_required=False,
            help_text=gettext_lazy("What the recipient reads instead of the address."),
        ),
        ConfigField(
            "reply_to",
            gettext_lazy("Replies go to"),
            is_required=False,
            kind="email",
            help_text=gettext_lazy("Empty: to the sender's address."),
        ),
    )

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="smtp")
        self.resting: queue.LifoQueue[_Connection] = queue.LifoQueue()

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = {}
        if not 1 <= int(config.get("port") or 0) <= 65_535:
            faults["port"] = _("A port is a number from 1 to 65535.")
        if any(char.isspace() or char in "/@" for char in config.get("host", "")):
            faults["host"] = _("Write the server's name only, like smtp.example.com.")
        for name in ("sender", "reply_to"):
            if not config.get(name, "").isascii():
                faults[name] = _("An e-mail address uses Latin letters only.")
        if config.get("username") and not config.get("password"):
            faults["password"] = _("A user name needs a password; leave both empty if the server asks for none.")
        return faults

    async def send(self, parcel: Parcel) -> Outcome:
        handover = _Handover()
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
                return Refused(_("The mail server is too slow."), permanent=False, fault=Fault.PROVIDER)
            return Unknown(_("The mail server did not confirm the letter in time."))

    async def check(self) -> Checkup:
        task = asyncio.wrap_future(self.threads.submit(self._knock))
        try:
            return await asyncio.wait_for(task, self.timeout)
        except TimeoutError:
            return Checkup(False, _("The mail server did not answer in time."))

    async def close(self) -> None:
        await asyncio.to_thread(self.threads.shutdown)
        while not self.resting.empty():
            await asyncio.to_thread(self.resting.get_nowait().let_go)

    def _carry(self, parcel: Parcel, handover: _Handover) -> Outcome:
        """Runs in a thread."""
        if handover.waited > self.timeout / 2:
            return _came_too_fast()
        handover.is_tried = True
        connection = self._take_connection()
        had_rested = connection.letters > 0
        try:
            connection.carry(self._write(parcel), handover)
        except (smtplib.SMTPException, OSError) as error:
            connection.cut()
            if had_rested and not handover.has_begun and isinstance(error, smtplib.SMTPServerDisconnected):
                return self._carry(parcel, handover)  # the server hung up meanwhile; ends with a new connection
            return read_fault(error, has_left=handover.has_begun)
        except ValueError:
            connection.cut()
            return Refused(_("An address or a header of the letter is not possible."), permanent=True, fault=Fault.US)
        self.resting.put(connection)
        return Accepted()

    def _knock(self) -> Checkup:
        """Runs in a thread."""
        connection = self._make_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            return Checkup(False, read_fault(error, has_left=False).sentence)
        finally:
            connection.let_go()
        return Checkup(True, _("The mail server lets us in."))

    def _take_connection(self) -> _Connection:
        while True:
            try:
                connection = self.resting.get_nowait()
            except queue.Empty:
                return self._make_connection()
            if connection.is_fresh():
                return connection
            connection.let_go()

    def _make_connection(self) -> _Connection:
        return _Connection(
            host=self.config["host"],
            port=int(self.config["port"]),
            username=self.config.get("username", ""),
            password=self.config.get("password", ""),
            use_tls=self.config["security"] == "starttls",
            use_ssl=self.config["security"] == "ssl",
            timeout=self.timeout,
        )

    def _write(self, parcel: Parcel) -> EmailMessage:
        """Plain text. Whatever customers' names bring into the subject stays in one line."""
        sender, reply_to = self.config["sender"], self.config.get("reply_to")
        return EmailMessage(
            subject=" ".join(parcel.subject.split()),
            body=parcel.body,
            from_email=formataddr((name, sender)) if (name := self.config.get("sender_name")) else sender,
            to=[parcel.to],
            reply_to=[reply_to] if reply_to else None,
            headers={
                "Message-ID": f"<{parcel.key}@{sender.rpartition('@')[2]}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
                **parcel.headers,
            },
        )


def _came_too_fast() -> Refused:
    """The server was not even asked, so this was no try."""
    return Refused(_("Letters come faster than the mail server takes them."), False, Fault.US, retry_after=0)
