"""Carries the requests of Twilio's official client over kept connections, with a timeout."""

import asyncio
import re
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

CONNECTIONS = 256  # at most, to Twilio, from one worker process


class TooManyRequests(Exception):
    """Twilio's 429, with what the client's own exception loses: `retry_after` in seconds, if it was said."""

    def __init__(self, retry_after: int | None) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class TwilioHttp(AsyncHttpClient):
    """Carries the official client's requests; that client's own carrier knows no timeout and no other address."""

    def __init__(self, base_url: str, timeout: float) -> None:
        """`timeout` in seconds for the whole request; half of it for getting a connection."""
        super().__init__(logger=None, is_async=True, timeout=timeout)
        self.base_url = base_url.rstrip("/")
        self.session: aiohttp.ClientSession | None = None
        self.under_way = 0

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_others: Any,
    ) -> Response:
        """Raises aiohttp's errors, TimeoutError, and TooManyRequests."""
        if self.base_url:
            uri = re.sub(r"^https://[^/]+", lambda _match: self.base_url, uri)
        headers = {**(headers or {}), "Authorization": aiohttp.encode_basic_auth(*auth)} if auth else headers
        request = self._open_session().request(
            method, uri, params=params, data=data, headers=headers, allow_redirects=False
        )
        self.under_way += 1
        try:
            async with request as answer:
                text = await answer.text(errors="replace")
        finally:
            self.under_way -= 1
        if answer.status == 429:
            after = answer.headers.get("Retry-After", "")
            raise TooManyRequests(int(after) if after.isdecimal() else None)
        return Response(answer.status, text, answer.headers)

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
