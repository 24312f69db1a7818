"""So many requests are worked on at a time; the others wait their turn, without a thread and without the database.

Django gives each request that runs a thread, and each thread asks the database on a connection of its own: as many of
both as there are requests would use up the memory and the database. A turn begins when the whole request is here and
ends when the answer begins, so that nobody who sends or reads slowly holds up the others. An open chat page holds none.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

from .bodies import Application, Receive, Scope, Send, refuse

WAIT_SECONDS = 20.0  # for a turn; then 503, and the browser may try again

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Busy(Exception):
    """There was no turn in all the time that anybody would wait."""


class Turn:
    """That of one request."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.all = _turns.setdefault(loop, asyncio.Semaphore(settings.REQUESTS_AT_ONCE))
        self.was_begun = False
        self.is_mine = False

    async def begin(self) -> None:
        """Once; raises Busy."""
        if self.was_begun:
            return
        self.was_begun = True
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self.all.acquire()
        except TimeoutError as error:
            raise Busy from error
        self.is_mine = True

    def end(self) -> None:
        if self.is_mine:
            self.is_mine = False
            self.all.release()


def in_turn(application: Application) -> Application:
    """The application, working on at most REQUESTS_AT_ONCE requests at a time."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        turn = Turn()

        async def received() -> Mapping[str, Any]:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                await turn.begin()
            return message

        async def sent(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                turn.end()
            await send(message)

        try:
            await application(scope, received, sent)
        except Busy:
            await refuse(send, 503, b"Too many people ask at once. Please try again in a moment.")
        finally:
            turn.end()

    return answer


def let_go(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: who takes the answer slowly must not keep a connection to the database meanwhile."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(request, ASGIRequest):
            close_old_connections()
        return response

    return middleware
