"""A real HTTP server that answers whatever it is asked with something that no provider should ever say."""

import json
import zlib

from aiohttp import web

from tests.gateways.local_server import LocalServer

JSON = "application/json"
BOMB_BYTES = 300 * 1024**2


def pack_bomb() -> bytes:
    """300 MB of spaces in some 300 KB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    megabyte = b" " * 1024**2
    return b"".join([*(packer.compress(megabyte) for _turn in range(BOMB_BYTES // 1024**2)), packer.flush()])


HALF = {
    "error": {"code": "\ud83d", "message": "half \ud83d and \0"},
    "message": "half \ud83d and \0",
    "description": "half \ud83d and \0",
    "code": 21999,
    "error_code": "\ud83d",
}
DEEP = b'{"a":' * 200_000
NUMBERS = b'{"balance": ' + b"9" * 5_000 + b', "points": ' + b"9" * 5_000 + b"}"
ODD = {"balance": {"a": 1}, "currency": 5, "points": [1], "items": "none", "result": 7, "list": {}, "ok": True}
# name -> status, headers, body
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "bomb": (200, {"Content-Encoding": "gzip"}, pack_bomb()),
    "no gzip": (200, {"Content-Encoding": "gzip"}, b"not packed at all"),
    "strange packing": (200, {"Content-Encoding": "br"}, b"\x0b\x02\x80hello\x03"),
    "deep": (200, {}, DEEP),
    "deep refusal": (400, {}, DEEP),
    "long": (200, {}, b'"' + b"x" * 20 * 1024**2 + b'"'),
    "long number": (200, {}, NUMBERS),
    "long wait": (429, {"Retry-After": "9" * 5_000}, b"{}"),
    "charset": (200, {"Content-Type": "application/json; charset=zlib"}, b"{}"),
    "charset idna": (400, {"Content-Type": "application/json; charset=idna"}, b"\xff.." * 500),
    "half": (400, {}, json.dumps(HALF).encode()),
    "half and fine": (200, {}, json.dumps(HALF).encode()),
    "odd": (200, {}, json.dumps(ODD).encode()),
    "list": (200, {}, b"[1, 2]"),
    "rfc 9457": (400, {}, b'{"type": [], "title": {"a": 1}, "status": "x", "code": {}}'),
    "not utf-8": (200, {}, b"\xff\xfe{"),
    "nothing": (200, {}, b""),
}


class HostileServer(LocalServer):
    """`answer`: the name of what it says to everything."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    def make_application(self) -> web.Application:
        application = web.Application(client_max_size=64 * 1024**2)
        application.router.add_route("*", "/{path:.*}", self._say)
        return application

    async def _say(self, _request: web.Request) -> web.Response:
        status, headers, body = ANSWERS[self.answer]
        return web.Response(status=status, headers={"Content-Type": JSON, **headers}, body=body)
