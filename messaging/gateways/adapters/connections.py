"""Kept HTTP connections to one provider, and how their failures tell what was sent from what may have been."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp
from django.utils.translation import gettext as _

from .news import MediaRefused
from .outcomes import Fault, Refused, Unknown

MOST_MEDIA_BYTES = 20 * 1024**2  # of one file that a customer sent
CONNECTIONS = 256  # at most, to one provider, from one worker process
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
FAILURES = (TimeoutError, aiohttp.ClientError)


@dataclass(frozen=True)
class Answer:
    """What a provider answered over HTTP."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, if the provider said so."""
        after = self.headers.get("retry-after", "")
        return int(after) if after.isascii() and after.isdecimal() else None

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object; {} when it is none."""
        try:
            value = json.loads(self.text)
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
                text = await answer.text(errors="replace")
        finally:
            self.under_way -= 1
        return Answer(answer.status, text, {name.lower(): value for name, value in answer.headers.items()})

    async def download(self, url: str, most_bytes: int, **options: Any) -> tuple[Answer, bytes]:
        """A file of at most `most_bytes`. Raises FAILURES, and MediaRefused when it is larger."""
        request = self._open_session().request("GET", url, allow_redirects=False, **options)
        self.under_way += 1
        try:
            async with request as answer:
                content = await answer.content.read(most_bytes + 1)
                while len(content) <= most_bytes and (more := await answer.content.read(most_bytes + 1 - len(content))):
                    content += more
        finally:
            self.under_way -= 1
        if len(content) > most_bytes:
            raise MediaRefused(_("The file is larger than %(megabytes)s MB.") % {"megabytes": most_bytes // 1024**2})
        return Answer(answer.status, "", {name.lower(): value for name, value in answer.headers.items()}), content

    def _open_session(self) -> aiohttp.ClientSession:
        # A session belongs to the event loop it was made in, so it is made by the first request.
        if self.session is None:
            self.session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self.timeout, connect=self.timeout / 2),
            )
        return self.session

    async def close(self) -> None:
        while self.under_way:
            await asyncio.sleep(0.05)
        if self.session is not None:
            await self.session.close()
            self.session = None


def read_failure(error: Exception, provider: str) -> Refused | Unknown:
    """What one of FAILURES means for a message."""
    if isinstance(error, NOT_SENT):
        words = _("%(provider)s could not be reached.")
        return Refused(words % {"provider": provider}, permanent=False, fault=Fault.PROVIDER)
    return Unknown(_("%(provider)s did not answer in time, or the connection was cut.") % {"provider": provider})
