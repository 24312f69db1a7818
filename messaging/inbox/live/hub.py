"""One reader of the log per web process hands each event to the open pages that it concerns."""

import asyncio
import contextvars
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from .log import Feed, Told

logger = logging.getLogger(__name__)

QUEUE = 500
"""Events that wait for one page; a page that takes them more slowly is dropped, and reads them when it comes again."""


MOST_PAGES = 30
"""Open pages of one client in one process; any more ask every few seconds instead: each holds a thread and a socket."""


class Listener:
    """One open page. `conversation`: a client's page hears only its own; None: an operator's hears everything."""

    def __init__(self, conversation: int | None) -> None:
        self.conversation = conversation
        self.is_over = False
        self._waiting: asyncio.Queue[tuple[Told, bytes] | None] = asyncio.Queue(QUEUE)

    def tell(self, told: Told, frame: bytes) -> None:
        if self._waiting.full():
            self.end()
        elif not self.is_over:
            self._waiting.put_nowait((told, frame))

    def end(self) -> None:
        self.is_over = True
        if self._waiting.empty():
            self._waiting.put_nowait(None)  # wakes who waits

    async def next(self, seconds: float) -> tuple[Told, bytes] | None:
        """The next event; None when there was none for so long, or when it is over."""
        try:
            return await asyncio.wait_for(self._waiting.get(), seconds)
        except TimeoutError:
            return None


class Hub:
    """The listeners of this process, and the task that reads for them while there are any."""

    def __init__(self) -> None:
        self.is_closed = False
        self._operators: set[Listener] = set()
        self._clients: dict[int, set[Listener]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._is_reading = asyncio.Event()

    async def join(self, listener: Listener) -> None:
        """From its return on, every new event reaches the listener. `leave` must follow, whatever happens."""
        self._group(listener.conversation).add(listener)
        if self._reader is None:
            self._is_reading = asyncio.Event()
            # A context of its own: that of the request ends with the request, and its thread with it.
            self._reader = asyncio.create_task(self._read(), context=contextvars.Context())
        await self._is_reading.wait()

    def leave(self, listener: Listener) -> None:
        self._group(listener.conversation).discard(listener)
        if listener.conversation is not None and not self._clients[listener.conversation]:
            del self._clients[listener.conversation]

    def has_room_for(self, conversation: int) -> bool:
        """Whether one more page of this client may listen."""
        return len(self._clients.get(conversation, ())) < MOST_PAGES

    def close(self) -> None:
        """The process is asked to stop: open streams must not hold it up."""
        self.is_closed = True
        self._is_reading.set()
        for listener in list(self._everybody()):
            listener.end()

    def _group(self, conversation: int | None) -> set[Listener]:
        return self._operators if conversation is None else self._clients.setdefault(conversation, set())

    def _everybody(self) -> Iterator[Listener]:
        yield from self._operators
        for group in self._clients.values():
            yield from group

    async def _read(self) -> None:
        loop, feed = asyncio.get_running_loop(), Feed()
        with ThreadPoolExecutor(1, "chat-log") as thread:
            try:
                await self._start(loop, thread, feed)
                while not self.is_closed and (self._operators or self._clients):
                    told, unread = await loop.run_in_executor(thread, feed.next)
                    self._hand_out(told, unread)
            finally:
                self._reader = None  # who joins from now on starts another
                for listener in list(self._everybody()):
                    listener.end()
                await loop.run_in_executor(thread, feed.stop)

    async def _start(self, loop: asyncio.AbstractEventLoop, thread: ThreadPoolExecutor, feed: Feed) -> None:
        while not self.is_closed:
            try:
                await loop.run_in_executor(thread, feed.start)
                self._is_reading.set()
                return
            except DatabaseError as error:
                logger.warning("The log of the chat cannot be read now, a new try follows: %s", error)
                await asyncio.sleep(1)

    def _hand_out(self, told: list[Told], unread: int) -> None:
        for one in told:
            frame = one.frame(unread=unread)
            for operator in self._operators:
                operator.tell(one, frame)
            if one.is_for_client:
                self._hand_to_clients(one)

    def _hand_to_clients(self, told: Told) -> None:
        """Those of its conversation; what concerns none, like the chat switched off, all."""
        frame = told.frame()
        groups = self._clients.values() if told.conversation is None else [self._clients.get(told.conversation, set())]
        for group in groups:
            for client in group:
                client.tell(told, frame)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """That of the running event loop; it ends when the process is asked to."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(loop)
    if known is None:
        known = _hubs[loop] = Hub()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                _on_signal(number, lambda: loop.call_soon_threadsafe(known.close))
    return known


def _on_signal(number: int, also: Callable[[], Any]) -> None:
    """Do this, too, before what the web server does: it waits for open streams, which would never end."""
    before = signal.getsignal(number)

    def both(received: int, frame: FrameType | None) -> None:
        also()
        if callable(before):
            before(received, frame)

    if callable(before):
        signal.signal(number, both)
