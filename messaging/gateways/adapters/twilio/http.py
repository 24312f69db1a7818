"""Carries the requests of Twilio's official client over our kept connections."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from ..http import Answer, BadAnswer, Connections


class TooManyRequests(Exception):
    """Twilio's 429, with what the client's own exception loses: `retry_after` in seconds, if it was said.

    `code`: the body's, which may tell of another limit than that of requests; 0 if there is none.
    """

    def __init__(self, retry_after: int | None, code: int = 0) -> None:
        super().__init__(retry_after)
        self.retry_after, self.code = retry_after, code


class TwilioHttp(AsyncHttpClient):
    """The official client's own carrier knows no timeout and no other address."""

    def __init__(self, base_url: str, timeout: float) -> None:
        """`timeout` in seconds for the whole request."""
        super().__init__(logger=None, is_async=True, timeout=timeout)
        self.base_url = base_url.rstrip("/")
        self.connections = Connections(timeout)

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
        """Raises aiohttp's errors (of which BadAnswer is one), TimeoutError, and TooManyRequests."""
        headers = {**(headers or {}), "Authorization": aiohttp.encode_basic_auth(*auth)} if auth else headers
        answer = await self._carry(method, uri, params=params, data=data, headers=headers)
        if answer.status == 200 and not answer.json:
            raise BadAnswer("The answer is no object")  # the client itself would stumble over it
        return Response(answer.status, answer.text, answer.headers)

    async def post(self, uri: str, form: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        """One form. Raises as `request` does. Written here, since aiohttp prepares for files with every form."""
        return await self._carry("POST", uri, data=urlencode(form).encode(), headers=headers)

    async def get(self, uri: str, headers: Mapping[str, str]) -> Answer:
        """One question, its address complete. Raises as `request` does."""
        return await self._carry("GET", uri, headers=headers)

    async def _carry(self, method: str, uri: str, **options: Any) -> Answer:
        answer = await self.connections.request(method, self.redirect(uri), **options)
        if answer.status == 429:
            code = answer.json.get("code")
            raise TooManyRequests(answer.retry_after, code if type(code) is int else 0)
        return answer

    def redirect(self, url: str) -> str:
        """The same at the address of the interface that the gateway has, if it is not Twilio's own."""
        return re.sub(r"^https://[^/]+", lambda _match: self.base_url, url) if self.base_url else url

    async def close(self) -> None:
        await self.connections.close()
