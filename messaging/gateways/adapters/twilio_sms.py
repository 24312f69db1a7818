"""SMS by Twilio, through the official client's asynchronous half."""

import asyncio
import datetime
import re
from dataclasses import replace
from typing import Any

import aiohttp
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from .base import (
    Accepted,
    Adapter,
    Checkup,
    ConfigField,
    Fault,
    Finding,
    NotFound,
    Outcome,
    Parcel,
    Refused,
    Unknown,
    adapter,
)
from .twilio_errors import VERDICTS

CONNECTIONS = 256  # at most, to Twilio, from one worker process
VALIDITY_SECONDS = (5, 36_000)  # what Twilio takes; less than 5 is advised against
CLOCKS_APART = datetime.timedelta(minutes=2)  # how far Twilio's clock and ours may differ

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}", re.IGNORECASE)
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=[^a-z]*[a-z])[a-z0-9 ]{1,11}", re.IGNORECASE)


class _TooManyRequests(Exception):
    """Twilio's 429, with what the client's own exception loses: `retry_after` in seconds, if it was said."""

    def __init__(self, retry_after: int | None) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class _Http(AsyncHttpClient):
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
        """Raises aiohttp's errors, TimeoutError, and _TooManyRequests."""
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
            raise _TooManyRequests(int(after) if after.isdecimal() else None)
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


@adapter
class TwilioSms(Adapter):
    key = "twilio_sms"
    label = gettext_lazy("Twilio SMS")
    channel = "sms"
    resolves_doubt = "look_up"
    doubt_rests_seconds = 60  # a request that was cut may still be worked on, and lists lag behind
    fields = (
        ConfigField(
            "account_sid",
            gettext_lazy("Account SID"),
            help_text=gettext_lazy("Begins with AC; on Twilio's first page."),
        ),
        ConfigField(
            "auth_token", gettext_lazy("Auth Token"), is_secret=True, help_text=gettext_lazy("Beside the Account SID.")
        ),
        ConfigField(
            "sender",
            gettext_lazy("Sender"),
            is_required=False,
            help_text=gettext_lazy("Your number at Twilio (+48…), or a name of up to 11 Latin letters and digits."),
        ),
        ConfigField(
            "messaging_service_sid",
            gettext_lazy("Messaging service"),
            is_required=False,
            help_text=gettext_lazy("Begins with MG; instead of a sender, or beside one of its senders."),
        ),
        ConfigField(
            "base_url",
            gettext_lazy("Address of the interface"),
            is_required=False,
            kind="url",
            is_address=True,
            help_text=gettext_lazy("Leave empty for Twilio itself."),
        ),
    )

    def __init__(self, config: dict[str, str], timeout: float) -> None:
        super().__init__(config, timeout)
        self.http = _Http(config.get("base_url", ""), timeout)
        self.client = Client(config["account_sid"], config["auth_token"], http_client=self.http)

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = {}
        sender, service = config.get("sender", ""), config.get("messaging_service_sid", "")
        if not _ACCOUNT_SID.fullmatch(config.get("account_sid", "")):
            faults["account_sid"] = _("An Account SID is AC and 32 digits or letters a to f.")
        if service and not _SERVICE_SID.fullmatch(service):
            faults["messaging_service_sid"] = _("A messaging service is MG and 32 digits or letters a to f.")
        if sender and not _SENDER.fullmatch(sender):
            faults["sender"] = _("Write a number like +48501234567, or up to 11 Latin letters, digits and spaces.")
        if not sender and not service:
            faults["sender"] = _("Give a sender or a messaging service.")
        return faults

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            message = await self.client.messages.create_async(**self._request(parcel))
        except _TooManyRequests as slow:
            return _settle(replace(VERDICTS[20429], retry_after=slow.retry_after))
        except (TwilioRestException, TwilioServiceException) as refusal:
            return read_refusal(refusal)
        except _NOT_SENT:
            return Refused(_("Twilio could not be reached."), permanent=False, fault=Fault.PROVIDER)
        except (TimeoutError, aiohttp.ClientError):
            return Unknown(_("Twilio did not answer in time, or the connection was cut."))
        except ValueError:
            return Unknown(_("Twilio's answer could not be read."))
        return Accepted(message.sid or "")

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """Asks for all to this number: a filter by date would hide what waits at Twilio and has no date yet."""
        try:
            twins = await self._find_twins(parcel, sent_at - CLOCKS_APART)
        except (_TooManyRequests, TwilioException, TimeoutError, aiohttp.ClientError, ValueError):
            return Unknown(_("Twilio did not say whether it has the message."))
        if not twins:
            return NotFound()
        return Accepted(min(twins, key=lambda twin: abs(twin.date_created - sent_at)).sid)

    async def _find_twins(self, parcel: Parcel, since: datetime.datetime) -> list[MessageInstance]:
        """Messages made since then with the parcel's recipient and text; Twilio lists the newest first."""
        twins = []
        async for message in await self.client.messages.stream_async(to=parcel.to, page_size=100, limit=1000):
            if message.date_created is None:
                raise ValueError("A message without the time when it was made")
            if message.date_created < since:
                break
            if message.direction == "outbound-api" and (message.body or "").strip() == parcel.body.strip():
                twins.append(message)
        return twins

    async def check(self) -> Checkup:
        try:
            balance = await self.client.api.account.balance.fetch_async()
        except _TooManyRequests:
            return Checkup(False, str(VERDICTS[20429].sentence))
        except (TwilioRestException, TwilioServiceException) as refusal:
            return Checkup(False, read_refusal(refusal).sentence)
        except (TimeoutError, aiohttp.ClientError, ValueError):
            return Checkup(False, _("Twilio could not be reached."))
        words = _("Twilio knows the account; its balance is %(balance)s %(currency)s.")
        return Checkup(True, words % {"balance": balance.balance, "currency": balance.currency})

    async def close(self) -> None:
        await self.http.close()

    def _request(self, parcel: Parcel) -> dict[str, Any]:
        request: dict[str, Any] = {"to": parcel.to, "body": parcel.body}
        if sender := self.config.get("sender"):
            request["from_"] = sender
        if service := self.config.get("messaging_service_sid"):
            request["messaging_service_sid"] = service
        if parcel.expires_at:
            shortest, longest = VALIDITY_SECONDS
            left = int((parcel.expires_at - timezone.now()).total_seconds())
            request["validity_period"] = min(max(left, shortest), longest)
        return request


def read_refusal(refusal: TwilioRestException | TwilioServiceException) -> Refused | Unknown:
    """What an answer other than 2xx and 429 means. After a 5xx the message may exist at Twilio nevertheless."""
    if refusal.status >= 500:
        return Unknown(_("Twilio had an internal fault; the message may have been taken or not."))
    if verdict := VERDICTS.get(refusal.code or refusal.status):
        return _settle(verdict)
    if refusal.status in (401, 403):
        return _settle(replace(VERDICTS[20003], code=str(refusal.code)))
    words = refusal.msg if isinstance(refusal, TwilioRestException) else refusal.title
    sentence = _("Twilio refused it: %(words)s") % {"words": words}
    return Refused(sentence[:500], permanent=True, fault=Fault.UNKNOWN, code=str(refusal.code))


def _settle(verdict: Refused) -> Refused:
    return replace(verdict, sentence=str(verdict.sentence))
