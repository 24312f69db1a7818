"""How much anybody may send to us in one request: counted as it comes, before any of it is believed or kept."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MEGABYTE = 1024 * 1024
ROOM_FOR_WORDS = 3 * MEGABYTE
CLIENTS_FILES = re.compile(r"/chat/[^/]+/|/api/v1/chat/files")
STRANGERS = ("/chat/", "/hooks/", "/api/")


def most_bytes(path: str) -> int:
    """Files of clients and staff where these may be sent, words elsewhere."""
    file = settings.ATTACHMENT_MAX_MEGABYTES
    if CLIENTS_FILES.fullmatch(path):
        return settings.FILES_OF_CLIENT * file * MEGABYTE + ROOM_FOR_WORDS
    if path.startswith(STRANGERS):
        return ROOM_FOR_WORDS
    return max(settings.FILES_OF_OPERATOR * file, settings.IMPORT_MAX_MEGABYTES) * MEGABYTE + ROOM_FOR_WORDS


def bounded(application: Application) -> Application:
    """Answers 413 to a larger request. Django itself keeps all of it on the disk before any view is asked."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        most, taken, is_over = most_bytes(scope["path"]), 0, False

        async def counted() -> dict[str, Any]:
            nonlocal taken, is_over
            message = {"type": "http.disconnect"} if is_over else await receive()
            taken += len(message.get("body", b""))
            is_over = is_over or taken > most
            return {"type": "http.disconnect"} if is_over else message

        if announced(scope) <= most:
            await application(scope, counted, send)
            if not is_over:
                return
        await refuse(send)

    return answer


def announced(scope: Scope) -> int:
    """What the request says of its length; 0 when it says nothing."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    return int(told) if told.isdigit() and len(told) < 19 else 0


async def refuse(send: Send) -> None:
    """The connection ends with it, so that the rest is not even read."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"That is too much at once."})
