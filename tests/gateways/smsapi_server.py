"""A real HTTP server that speaks SMSAPI.pl's contract, as far as it is known.

Numbers +48500 and six digits choose the error of that number: +48500000013 gives error 13.
"""

import asyncio
import json
import re
import secrets
from pathlib import Path

from aiohttp import web

from tests.gateways.local_server import LocalServer

TOKEN = "the-token-of-the-test-server"
PAYLOADS = Path(__file__).parent / "payloads"
CUT = "48501000001"  # the message is taken, then the connection ends without an answer
SILENT = "48501000002"  # answers after `silence` seconds
BROKEN = "48501000003"  # a proxy's HTML instead of JSON, with status 503
HURRIED = "48501000004"  # status 429


class SmsApiServer(LocalServer):
    """`requests`: all forms that came to send a message; `messages`: those it took."""

    def __init__(self, *, silence: float = 30, points: object = 100.5) -> None:
        super().__init__()
        self.silence = silence
        self.points = points
        self.requests: list[dict[str, str]] = []
        self.messages: list[dict[str, str]] = []

    def config(self, **changes: str) -> dict[str, str]:
        return {"token": TOKEN, "sender": "Shop", "base_url": self.base_url, **changes}

    def make_application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/sms.do", self._send)
        application.router.add_get("/user.do", self._show_user)
        return application

    async def _show_user(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _error(101, "Authorization failed", status=401)
        assert (request.query["format"], request.query["credits"]) == ("json", "1")
        return web.json_response({"points": self.points, "proCount": 600, "ecoCount": 900, "mmsCount": 300})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        if not _is_known(request):
            return _error(101, "Authorization failed", status=401)
        if form.get("format") != "json":
            return web.Response(text="ERROR:8")
        if error := self._find_error(form):
            return error
        to = form["to"]
        if to == BROKEN:
            return web.Response(text="<html>Service Unavailable</html>", status=503, content_type="text/html")
        if to == HURRIED:
            return web.Response(text="", status=429, headers={"Retry-After": "9"})
        self.messages.append(form)
        if to == CUT:
            request.transport.abort()
        if to == SILENT:
            await asyncio.sleep(self.silence)
        answer = json.loads((PAYLOADS / "smsapi_sent.json").read_text())
        answer["list"][0] |= {"id": secrets.token_hex(12).upper(), "number": to, "idx": form.get("idx")}
        return web.json_response(answer)

    def _find_error(self, form: dict[str, str]) -> web.Response | None:
        if chosen := re.fullmatch(r"48500(\d{6})", form.get("to", "")):
            return _error(int(chosen[1]), "The chosen error")
        if not re.fullmatch(r"\d{8,15}", form.get("to", "")):
            return web.json_response(json.loads((PAYLOADS / "smsapi_error_13.json").read_text()))
        if not form.get("message"):
            return _error(11, "The message is empty")
        if form.get("from") == "Stranger":
            return _error(14, "Wrong sender name")
        if len(form.get("idx", "")) > 255:
            return _error(27, "Too long IDX parameter")
        if form.get("check_idx") == "1" and any(form["idx"] == message["idx"] for message in self.messages):
            return _error(53, "Not unique idx parameter")
        return None


def _is_known(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {TOKEN}"


def _error(code: int, message: str, *, status: int = 200) -> web.Response:
    return web.json_response({"error": code, "message": message}, status=status)
