"""A real HTTP server that speaks the Telegram Bot API, as far as the adapter uses it.

    with TelegramServer() as telegram:
        config = telegram.config()        # what a gateway needs to reach it
        telegram.sent                     # (method, fields) of everything it took, in order
        telegram.say(chat, "Hello")       # a person writes; waits for getUpdates, or is put to the webhook by `call`
        telegram.call(update)             # calls the webhook as Telegram does; returns the status of the answer

Chats with special numbers choose the outcome.
"""

import asyncio
import io
import itertools
import json
import urllib.error
import urllib.request
from typing import Any

from aiohttp import web
from PIL import Image

from tests.gateways.local_server import LocalServer

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
NAME = "gonets_test_bot"
BLOCKED, UNKNOWN, HURRIED, BROKEN, CUT, REFUSING = "4030", "4000", "4290", "5000", "5001", "4001"
ERRORS = {
    BLOCKED: (403, {"description": "Forbidden: bot was blocked by the user"}),
    UNKNOWN: (400, {"description": "Bad Request: chat not found"}),
    REFUSING: (400, {"description": "Bad Request: message text is empty"}),
    HURRIED: (429, {"description": "Too Many Requests: retry after 5", "parameters": {"retry_after": 5}}),
    BROKEN: (500, {"description": "Internal Server Error"}),
}


class TelegramServer(LocalServer):
    """`files`: the contents that getFile gives, by file_id."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.asked: list[int] = []  # the offsets of getUpdates
        self._numbers = itertools.count(101)

    def config(self, **changes: str) -> dict[str, str]:
        return {"token": TOKEN, "username": NAME, "base_url": self.base_url, **changes}

    def say(self, chat: int, text: str = "", **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        person = {"id": chat, "is_bot": False, "first_name": "Alicja", "last_name": "Nowak"}
        message = {"message_id": number, "date": 1_700_000_000, "chat": {"id": chat, "type": "private"}, "from": person}
        update = {"update_id": 900_000 + number, "message": {**message, **({"text": text} if text else {}), **fields}}
        self.updates.append(update)
        return update

    def call(self, update: dict[str, Any], secret: str | None = None) -> int:
        headers = {"Content-Type": "application/json"}
        headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook["secret_token"] if secret is None else secret
        request = urllib.request.Request(self.webhook["url"], json.dumps(update).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def make_application(self) -> web.Application:
        application = web.Application(client_max_size=60 * 1024**2)
        application.router.add_post("/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.*}", self._give_file)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, {"description": "Unauthorized"})
        fields = await _fields(request)
        match request.match_info["method"]:
            case "getMe":
                return _ok({"id": 123456789, "is_bot": True, "first_name": "Gonets", "username": NAME})
            case "setWebhook":
                self.webhook = fields
                return _ok(True)
            case "deleteWebhook":
                self.webhook = {}
                return _ok(True)
            case "getUpdates":
                return self._give_updates(fields)
            case "getFile":
                known = fields["file_id"] in self.files
                return _ok({"file_path": f"photos/{fields['file_id']}"}) if known else _error(400, {"description": "?"})
        return await self._take(request, fields)

    async def _take(self, request: web.Request, fields: dict[str, Any]) -> web.StreamResponse:
        chat = str(fields["chat_id"])
        if chat == CUT:
            request.transport.abort()
            await asyncio.sleep(1)
        if chat in ERRORS:
            return _error(*ERRORS[chat])
        if len(fields.get("text", "")) > 4096:
            return _error(400, {"description": "Bad Request: message is too long"})
        if "photo" in fields and not is_photo(fields["photo"][1]):
            return _error(400, {"description": "Bad Request: PHOTO_INVALID_DIMENSIONS"})
        self.sent.append((request.match_info["method"], fields))
        return _ok({"message_id": next(self._numbers), "chat": {"id": int(chat), "type": "private"}, "date": 1})

    def _give_updates(self, fields: dict[str, Any]) -> web.Response:
        if self.webhook:
            return _error(409, {"description": "Conflict: can't use getUpdates method while webhook is active"})
        self.asked.append(fields["offset"])
        self.updates = [one for one in self.updates if one["update_id"] >= fields["offset"]]
        return _ok(self.updates[: fields["limit"]])

    async def _give_file(self, request: web.Request) -> web.Response:
        name = request.match_info["path"].rpartition("/")[2]
        return web.Response(body=self.files[name]) if name in self.files else web.Response(status=404)


def is_photo(content: bytes) -> bool:
    """As the document of sendPhoto says: 10 MB, width and height 10,000 together, one at most 20 times the other."""
    with Image.open(io.BytesIO(content)) as picture:
        width, height = picture.size
    return len(content) <= 10 * 1024**2 and width + height <= 10_000 and max(width, height) <= 20 * min(width, height)


async def _fields(request: web.Request) -> dict[str, Any]:
    """What came, as JSON or as a form with files; a file as (name, content)."""
    if request.content_type == "application/json":
        return await request.json()
    form = await request.post()
    return {
        name: (value.filename, value.file.read()) if isinstance(value, web.FileField) else str(value)
        for name, value in form.items()
    }


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response({"ok": False, "error_code": status, **body}, status=status)
