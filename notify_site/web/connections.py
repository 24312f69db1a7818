"""Connections of visitors: so many at a time, and none may keep us waiting for long.

uvicorn itself waits for ever for the rest of a request that was begun, so a few hundred such connections would take all
there are. Here each phase has an end, and when there are too many, the one that has kept us waiting longest makes room.
"""

import asyncio
import resource
import time
from typing import Any

import h11
from django.conf import settings
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # from connecting, or from the first byte after an answer, to the end of the head
BODY_SECONDS = 20.0  # and a second more for each SLOWEST bytes that came
SLOWEST = 8 * 1024  # bytes a second, the least that a body must come with
STALLED_SECONDS = 30.0  # in which a visitor takes nothing of the answer
OTHER_FILES = 200  # open files that are no visitors: database, static files, libraries

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

_waiting: dict["PatientProtocol", None] = {}
"""Those whose request is not whole yet, in the order in which they began."""


def make_room_for_files() -> None:
    """The system's usual 1,024 open files are few for so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.WEB_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def most_connections() -> int:
    """The setting, or what the system's limit of open files leaves for it."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return settings.WEB_CONNECTIONS
    return max(10, min(settings.WEB_CONNECTIONS, soft - OTHER_FILES))


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, whose patience has an end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phase: Any = None
        self.since = 0.0
        self.came = 0
        self.deadline: asyncio.TimerHandle | None = None
        self.stalled: asyncio.TimerHandle | None = None

    def connection_made(  # type: ignore[override]  # as in uvicorn: TCP only
        self, transport: asyncio.Transport
    ) -> None:
        has_room = len(self.connections) < most_connections() or self._send_away_the_slowest()
        super().connection_made(transport)
        if not has_room:
            transport.write(BUSY)
            transport.close()
            return
        self._look()

    def _send_away_the_slowest(self) -> bool:
        """False when all others have sent their requests."""
        slowest = next(iter(_waiting), None)
        if slowest is None:
            return False
        slowest.leave()
        self.connections.discard(slowest)
        return True

    def data_received(self, data: bytes) -> None:
        self.came += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():  # it waits until the visitor has taken the rest
            self.loop.call_later(STALLED_SECONDS, self.transport.abort)
        self._look()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_phase()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.call_later(STALLED_SECONDS, self.leave)

    def resume_writing(self) -> None:
        if self.stalled is not None:
            self.stalled.cancel()
            self.stalled = None
        super().resume_writing()

    def _look(self) -> None:
        """Whether the visitor owes us the rest of a head or of a body, and since when."""
        owed = self.conn.their_state
        if owed is self.phase:
            return
        self._end_phase()
        if owed in (h11.IDLE, h11.SEND_BODY) and not self.transport.is_closing():
            self.phase, self.since, self.came = owed, time.monotonic(), 0
            _waiting[self] = None
            self._wait(HEAD_SECONDS if owed is h11.IDLE else BODY_SECONDS)

    def _wait(self, seconds: float) -> None:
        self.deadline = self.loop.call_later(seconds, self._look_at_clock)

    def _look_at_clock(self) -> None:
        left = -1.0
        if self.phase is h11.SEND_BODY:
            left = BODY_SECONDS + self.came / SLOWEST - (time.monotonic() - self.since)
        if left > 0:
            self._wait(left)
        else:
            self.leave()

    def _end_phase(self) -> None:
        self.phase = None
        _waiting.pop(self, None)
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def leave(self) -> None:
        """End it at once, whatever was not sent or taken."""
        self._end_phase()
        self.transport.abort()
