"""Kept HTTP connections to one provider, and how their failures tell what was sent from what may have been."""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from .. import reasons
from .foreign import TooDeep, check_depth, decode, mend_escapes, read_json
from .news import MediaRefused
from .outcomes import Fault, Refused, Unknown
from .retry_after import read_retry_after

MOST_ANSWER_BYTES = 8 * 1024**2  # unpacked; a full page of a provider's list is some 2 MB
MOST_MEDIA_BYTES = 20 * 1024**2  # of one file that a customer sent
CONNECTIONS = 256  # at most, to one provider, from one worker process
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
FAILURES = (TimeoutError, aiohttp.ClientError)


class BadAnswer(aiohttp.ClientError):
    """The provider got the request, but its answer is not to be read: too large, too deep, not unpackable."""


@dataclass(frozen=True)
class Answer:
    """What a provider answered over HTTP."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, at most a day, if the provider said so."""
        return read_retry_after(self.headers)

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object; {} when it is none."""
        try:
            value = read_json(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class Connections:
    """One provider's connections in one event loop, made by the first request."""

    def __init__(self, timeout: float) -> None:
        """`timeout` in seconds for a whole request; half of it for getting a connection."""
        self.timeout = timeout
        self.session: aiohttp.ClientSession | None = None
        self.under_way = 0

    async def request(self, method: str, url: str, **options: Any) -> Answer:
        """Raises FAILURES, of which NOT_SENT mean that the provider got nothing."""
        request = self._open_session().request(method, url, allow_redirects=False, **options)
        self.under_way += 1
        try:
            async with request as answer:
                content = await read_bounded(answer, MOST_ANSWER_BYTES)
        finally:
            self.under_way -= 1
        if len(content) > MOST_ANSWER_BYTES:
            raise BadAnswer("The answer is too large")
        return Answer(answer.status, read_text(content), _lower(answer))

    async def download(self, url: str, most_bytes: int, **options: Any) -> tuple[Answer, bytes]:
        """A file of at most `most_bytes`. Raises FAILURES, and MediaRefused when it is larger."""
        request = self._open_session().request("GET", url, allow_redirects=False, **options)
        self.under_way += 1
        try:
            async with request as answer:
                content = await read_bounded(answer, most_bytes)
        finally:
            self.under_way -= 1
        if len(content) > most_bytes:
            raise MediaRefused(reasons.FILE_TOO_LARGE(megabytes=most_bytes // 1024**2))
        return Answer(answer.status, "", _lower(answer)), content

    def _open_session(self) -> aiohttp.ClientSession:
        # A session belongs to the event loop it was made in, so it is made by the first request.
        if self.session is None:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "gzip"},
                auto_decompress=False,  # a few kilobytes may unpack to gigabytes: `read_bounded` stops in time
                timeout=aiohttp.ClientTimeout(total=self.timeout, connect=self.timeout / 2),
            )
        return self.session

    async def close(self) -> None:
        while self.under_way:
            await asyncio.sleep(0.05)
        if self.session is not None:
            await self.session.close()
            self.session = None


async def read_bounded(answer: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """The body, unpacked; one byte more than `most_bytes` when it is larger. Raises FAILURES."""
    unpack = unpacker(answer.headers.get("Content-Encoding", ""))
    content = bytearray()
    async for packed in answer.content.iter_chunked(64 * 1024):
        content += unpack(packed, most_bytes + 1 - len(content))
        if len(content) > most_bytes:
            break
    return bytes(content)


def unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """(packed, at most so many bytes) -> unpacked. Raises BadAnswer; so does what it returns."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda packed, most: packed[:most]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer("The answer is packed in a way that nobody asked for")
    packer = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out by itself whether it is gzip or zlib

    def unpack(packed: bytes, most: int) -> bytes:
        try:
            return packer.decompress(packed, most)
        except zlib.error:
            raise BadAnswer("The answer cannot be unpacked") from None

    return unpack


def read_text(content: bytes) -> str:
    """The body as text that can be read and stored. Raises BadAnswer."""
    text = decode(content)
    try:
        check_depth(text)
    except TooDeep as error:
        raise BadAnswer(str(error)) from None
    return mend_escapes(text)


def _lower(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def read_failure(error: Exception, provider: str) -> Refused | Unknown:
    """What one of FAILURES means for a message."""
    if isinstance(error, NOT_SENT):
        return Refused(reasons.NOT_REACHED(provider=provider), permanent=False, fault=Fault.PROVIDER)
    if isinstance(error, BadAnswer):
        return Unknown(reasons.UNREADABLE_ANSWER(provider=provider))
    return Unknown(reasons.CUT_OFF(provider=provider))
