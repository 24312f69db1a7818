"""How much anybody may send to us in one request: counted as it comes, before any of it is believed or kept."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import DatabaseError, close_old_connections

from .rights import MEGABYTE, Allowance, Scope, allowance, header

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGE_AT_ONCE = 20  # larger requests than a stranger's that come in at the same time
LARGE_OF_ONE = 3  # of them from one client or member of staff
LISTEN_SECONDS = 2.0  # to the rest of what was refused: whoever still sends does not read the answer
LISTEN_BYTES = 4 * MEGABYTE

TOO_MUCH = b"That is too much at once."
GONE = {"type": "http.disconnect"}
_asking = ThreadPoolExecutor(1, "rights")  # one connection to the database, however many ask


class Body:
    """What one request sends."""

    def __init__(self, scope: Scope, receive: Receive, sending: Counter[str]) -> None:
        self.scope = scope
        self.receive = receive
        self.sending = sending
        self.allowed = Allowance()
        self.was_asked = False
        self.is_counted = False
        self.taken = 0
        self.refusal: tuple[int, bytes] | None = None

    async def may_have(self, length: int) -> bool:
        """Whether so many bytes are allowed; who it is that sends is asked only when it is more than a stranger's."""
        if length > self.allowed.most and not self.was_asked:
            self.was_asked = True
            self.allowed = await asyncio.get_running_loop().run_in_executor(_asking, _ask, self.scope)
            self._begin()
        if length > self.allowed.most:
            self.refusal = self.refusal or (413, TOO_MUCH)
        return self.refusal is None

    def _begin(self) -> None:
        sender = self.allowed.sender
        if not sender:
            return
        if self.sending.total() >= LARGE_AT_ONCE or self.sending[sender] >= LARGE_OF_ONE:
            self.allowed = Allowance()
            self.refusal = 503, b"Too many files come in at once. Please try again in a moment."
        else:
            self.sending[sender] += 1
            self.is_counted = True

    def end(self) -> None:
        if self.is_counted:
            self.is_counted = False
            self.sending[self.allowed.sender] -= 1
            self.sending += Counter()  # forgets those with none

    async def counted(self) -> Mapping[str, Any]:
        """The next piece; as if the visitor had gone when it is too much."""
        if self.refusal:
            return GONE
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        if not await self.may_have(self.taken):
            return GONE
        if not message.get("more_body"):
            self.end()
        return message


def bounded(application: Application) -> Application:
    """Answers 413 to a larger request. Django itself keeps all of it on the disk before any view is asked."""
    sending: Counter[str] = Counter()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        body = Body(scope, receive, sending)
        try:
            if await body.may_have(announced(scope)):
                await application(scope, body.counted, send)
        finally:
            body.end()
        if body.refusal:
            await refuse(send, *body.refusal, receive)

    return answer


def _ask(scope: Scope) -> Allowance:
    """In a thread of its own. While the database is away, everybody is a stranger."""
    close_old_connections()
    try:
        return allowance(scope)
    except DatabaseError:
        return Allowance()
    finally:
        close_old_connections()


def announced(scope: Scope) -> int:
    """What the request says of its length; 0 when it says nothing."""
    told = header(scope, b"content-length")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0


async def refuse(send: Send, status: int, words: bytes, receive: Receive | None = None) -> None:
    """The connection ends with it. With `receive` the rest is thrown away for a moment, so that the answer is read."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    headers += [(b"content-length", str(len(words)).encode())]
    headers += [(b"retry-after", b"5")] if status == 503 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words, "more_body": True})
    if receive is not None:
        await _throw_away(receive)
    await send({"type": "http.response.body", "body": b""})


async def _throw_away(receive: Receive) -> None:
    ends_at, taken = time.monotonic() + LISTEN_SECONDS, 0
    while (left := ends_at - time.monotonic()) > 0 and taken < LISTEN_BYTES:
        try:
            message = await asyncio.wait_for(receive(), left)
        except TimeoutError:
            return
        taken += len(message.get("body", b""))
        if not message.get("more_body"):
            return
