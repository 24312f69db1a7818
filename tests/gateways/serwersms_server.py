"""A real HTTP server that speaks SerwerSMS.pl's contract (HTTPS API v2), as far as it is known.

Numbers +48500 and six digits choose the error of that number for the whole request: +48500001002 gives error 1002.
"""

import asyncio
import json
import re
import secrets
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.gateways.local_server import LocalServer

TOKEN = "the-token-of-the-test-server"
PAYLOADS = Path(__file__).parent / "payloads"
CUT = "+48501000001"  # the message is taken, then the connection ends without an answer
SILENT = "+48501000002"  # answers after `silence` seconds
BROKEN = "+48501000003"  # a proxy's HTML instead of JSON, with status 503
HURRIED = "+48501000004"  # status 429
UNSENT = "+48501000005"  # not taken, as the row of this one number says


class SerwerSmsServer(LocalServer):
    """`requests`: all that came to send a message; `kept`: the rows of those it took, by their numbers."""

    def __init__(self, *, silence: float = 30, limits: object = "250") -> None:
        super().__init__()
        self.silence = silence
        self.limits = limits
        self.requests: list[dict[str, Any]] = []
        self.kept: dict[str, dict[str, Any]] = {}
        self.received: list[dict[str, Any]] = []  # what customers wrote
        self.asked_for: list[dict[str, Any]] = []  # each question for those

    def config(self, **changes: str) -> dict[str, str]:
        return {"token": TOKEN, "sender": "Shop", "base_url": self.base_url, **changes}

    def receive(self, phone: str, text: str) -> None:
        """A customer writes."""
        number = 2_477_793 + len(self.received)
        row = {"id": number, "type": "eco", "phone": phone, "recived": "2026-11-23 11:18:03", "text": text}
        self.received.insert(0, row | {"message_id": "eba39e4fe1", "blacklist": False})

    async def _show_received(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _error("general", 1001, "Invalid login or password")
        self.asked_for.append(await request.json())
        return web.json_response({"items": self.received})

    def make_application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/messages/recived.json", self._show_received)
        application.router.add_post("/messages/send_sms.json", self._send)
        application.router.add_post("/messages/reports.json", self._report)
        application.router.add_post("/account/limits.json", self._show_limits)
        return application

    async def _show_limits(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _error("general", 1001, "Invalid login or password")
        rows = [
            {"type": "eco", "chars_limit": "160", "value": "900"},
            {"type": "full", "chars_limit": "459", "value": self.limits},
        ]
        return web.json_response({"items": rows})

    async def _report(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _error("general", 1001, "Invalid login or password")
        asked = await request.json()
        name = "id" if "id" in asked else "unique_id"
        rows = [row for row in self.kept.values() if row[name] in asked[name]]
        shown = [{key: value for key, value in row.items() if key != "unique_id"} for row in rows]
        return web.json_response({"paging": {"page": 1, "count": len(shown)}, "items": shown[: asked["limit"]]})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        if not _is_known(request):
            return _error("general", 1001, "Invalid login or password")
        to = asked["phone"]
        if chosen := re.fullmatch(r"\+48500(\d{6})", to):
            return _error("chosen", int(chosen[1]), "The chosen error")
        if not re.fullmatch(r"[A-Za-z0-9]{3,50}", asked["unique_id"]):
            return _error("wrong", 1006, "Wrong unique_id")
        if to == BROKEN:
            return web.Response(text="<html>Service Unavailable</html>", status=503, content_type="text/html")
        if to == HURRIED:
            return web.Response(text="", status=429, headers={"Retry-After": "9"})
        answer = json.loads((PAYLOADS / "serwersms_queued.json").read_text())
        row = answer["items"][0] | {"id": secrets.token_hex(5), "phone": to, "text": asked["text"]}
        if to == UNSENT:
            row |= {"status": "unsent", "error_code": 2001, "error_message": "Invalid phone number"}
            return web.json_response({"success": True, "queued": 0, "unsent": 1, "items": [row]})
        kept = {"id": row["id"], "phone": to, "status": "in_progress", "unique_id": asked["unique_id"], "reason": ""}
        self.kept[row["id"]] = kept
        if to == CUT:
            request.transport.abort()
        if to == SILENT:
            await asyncio.sleep(self.silence)
        return web.json_response({**answer, "items": [row]})


def _is_known(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {TOKEN}"


def _error(kind: str, code: int, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "type": kind, "message": message}})
