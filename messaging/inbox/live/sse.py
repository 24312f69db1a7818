"""Open pages are told what happened, over server-sent events: operators everything, a client their own conversation.

A page names the last event that it knows (Last-Event-ID, or ?last= when it was just drawn) and gets what came since.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from .hub import Hub, Listener, hub
from .log import count_unread, missed_since, newest_event_id

logger = logging.getLogger(__name__)

BEAT_EVERY = 15.0
"""Seconds; proxies and phones drop a connection on which nothing comes."""
ALLOWED_FOR = 30.0
"""Seconds after which it is asked again whether the page may still listen."""
RETRY_AFTER = 2_000
"""Milliseconds after which a browser that lost the connection comes again."""
BEAT = b": beat\n\n"
RELOAD = b"event: reload\ndata: {}\n\n"
VIEW = "inbox.view_conversation"
Answer = TypeVar("Answer")

# Streams ask through these threads: the thread of a request would keep one database connection per open page.
_asking = ThreadPoolExecutor(2, "chat-asking")


async def operator_stream(request: HttpRequest) -> HttpResponseBase:
    """GET /inbox/events/: all events. Raises PermissionDenied for who may not see conversations."""
    key = await sync_to_async(_session_of)(request)
    return await _stream(request, None, partial(may_watch, key))


async def client_stream(
    request: HttpRequest, conversation: int, is_allowed: Callable[[], bool] = lambda: True
) -> HttpResponseBase:
    """What the client of this conversation may know. `is_allowed` is asked again twice a minute, in a thread."""
    return await _stream(request, conversation, is_allowed)


def may_watch(session_key: str) -> bool:
    """Whether whoever is logged in with this session is still active and may see conversations."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user.is_authenticated and user.has_perm(VIEW)


def _session_of(request: HttpRequest) -> str:
    if not (request.user.is_authenticated and request.user.has_perm(VIEW)):
        raise PermissionDenied
    return request.session.session_key or ""


async def _stream(request: HttpRequest, conversation: int | None, is_allowed: Callable[[], bool]) -> HttpResponseBase:
    last = _last_known(request)
    if not isinstance(request, ASGIRequest):  # a server that cannot stream: the browser comes again and again
        return _as_stream(HttpResponse(await sync_to_async(_at_once)(last, conversation)))
    await sync_to_async(connections.close_all)()
    if hub().is_closed:
        return HttpResponse(status=503, headers={"Retry-After": "2"})
    if conversation is not None and not hub().has_room_for(conversation):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    return _as_stream(StreamingHttpResponse(_frames(hub(), conversation, last, is_allowed)))


def _as_stream(response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Type"] = "text/event-stream"
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would keep the events back
    return response


def _last_known(request: HttpRequest) -> int | None:
    words = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None


def _at_once(last: int | None, conversation: int | None) -> bytes:
    return b"".join(_beginning(last, conversation)[0])


def _beginning(last: int | None, conversation: int | None) -> tuple[list[bytes], int]:
    """What a page that knows everything up to `last` gets first, and the last event that it knows then."""
    since = newest_event_id() if last is None else last
    head = f"retry: {RETRY_AFTER}\n\n".encode()
    missed = missed_since(since, conversation)
    if missed is None:
        newest = newest_event_id()
        return [head, f"id: {newest}\n".encode() + RELOAD], newest
    more: dict[str, Any] = {"unread": count_unread()} if conversation is None and missed else {}
    known = missed[-1].id if missed else since
    # An id alone is no event, but the browser names it when it comes again.
    return [head, f"id: {since}\n\n".encode(), *(one.frame(**more) for one in missed)], known


async def _frames(
    center: Hub, conversation: int | None, last: int | None, is_allowed: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """The stream: what was missed, then what comes. Joins before it reads what was missed, so that nothing is lost."""
    listener = Listener(conversation)
    try:
        await center.join(listener)
        frames, known = await _patiently(center, partial(_beginning, last, conversation))
        yield b"".join(frames)
        async for frame in _live(center, listener, known, is_allowed):
            yield frame
    finally:
        center.leave(listener)


async def _live(center: Hub, listener: Listener, known: int, is_allowed: Callable[[], bool]) -> AsyncIterator[bytes]:
    allowed_until = time.monotonic() + ALLOWED_FOR
    while not listener.is_over:
        news = await listener.next(BEAT_EVERY)
        if news is None:
            yield BEAT
        elif news[0].id > known:  # otherwise among what was missed
            yield news[1]
        if time.monotonic() > allowed_until:
            if not await _patiently(center, is_allowed):
                return
            allowed_until = time.monotonic() + ALLOWED_FOR


async def _patiently(center: Hub, ask: Callable[[], Answer]) -> Answer:
    """Ask in a thread; while the database is gone, wait for it."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return await loop.run_in_executor(_asking, _fresh, ask)
        except DatabaseError as error:
            if center.is_closed:
                raise
            logger.warning("The chat waits for the database: %s", error)
            await asyncio.sleep(1)


def _fresh(ask: Callable[[], Answer]) -> Answer:
    """On a connection that is neither broken nor too old."""
    close_old_connections()
    try:
        return ask()
    finally:
        close_old_connections()
