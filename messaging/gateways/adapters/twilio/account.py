"""What all adapters of Twilio have in common: the account, its answers, its calls to our hook."""

import asyncio
import datetime
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.base.version import Version
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from ... import reasons
from ..base import Adapter, Checkup, ConfigField
from ..error_tables import refused_in_words, with_code
from ..foreign import read_json
from ..http import FAILURES, MOST_MEDIA_BYTES, Answer, read_failure
from ..news import FORM, Balance, HookRequest, Media, MediaLater, MediaRefused, ReceiptNews, ReceiptStatus
from ..outcomes import Accepted, Fault, Outcome, Refused, Unknown
from .errors import FILE_GONE, NOT_AT_TWILIO, NOT_DELIVERED, PROVIDER, VERDICTS, find_verdict
from .http import TooManyRequests, TwilioHttp

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
QUESTIONS = 10  # at the same time, about messages that were sent
MOST_HOPS = 4  # from Twilio to where a file really lies
LONGEST_CODE = 6  # digits of an error code
MESSAGE_KEY = "message"  # in the query of the address that Twilio calls about a message of ours
HAPPENED_AT = "HappenedAt"

# The official client raises the last ones for an answer whose fields are of another kind than documented.
NO_ANSWER = (TooManyRequests, TwilioException, *FAILURES, ValueError, AttributeError, TypeError, KeyError)
_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)

ACCOUNT_FIELDS = (
    ConfigField(
        "account_sid", gettext_lazy("Account SID"), help_text=gettext_lazy("Begins with AC; on Twilio's first page.")
    ),
    ConfigField(
        "auth_token", gettext_lazy("Auth Token"), is_secret=True, help_text=gettext_lazy("Beside the Account SID.")
    ),
)
INTERFACE_FIELDS = (
    ConfigField(
        "hook_secret",
        gettext_lazy("Second secret for receipts"),
        is_secret=True,
        is_required=False,
        help_text=gettext_lazy("The previous Auth Token while you change it, or a shared key for signatures."),
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


class TwilioAccount(Adapter):
    """A client for one account. Subclasses say what they send."""

    has_hook = True
    has_balance = True
    receipts_at_once = 100

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.http = TwilioHttp(config.get("base_url", ""), timeout)
        self.client = Client(config["account_sid"], config["auth_token"], http_client=self.http)

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        if _ACCOUNT_SID.fullmatch(config.get("account_sid", "")):
            return {}
        return {"account_sid": _("An Account SID is AC and 32 digits or letters a to f.")}

    async def create(self, kind: str, form: Mapping[str, object]) -> Outcome:
        """What became of a request to create one of `kind` ("Messages", "Calls") with these fields.

        Without the official client's own way there, which costs as much again; it still says what an answer means.
        """
        try:
            answer = await self.http.post(self.address_of(kind), form, self.headers)
            if not 200 <= answer.status < 300:
                return read_refusal(_refusal_in(answer), answer.status)
            sid = read_json(answer.text).get("sid")
        except TooManyRequests as slow:
            return read_slow_down(slow)
        except FAILURES as failure:
            return read_failure(failure, PROVIDER)
        except (ValueError, AttributeError):
            sid = None
        if isinstance(sid, str) and sid:
            return Accepted(sid)
        return Unknown(reasons.UNREADABLE_ANSWER(provider=PROVIDER))

    def address_of(self, kind: str) -> str:
        path = f"/Accounts/{self.config['account_sid']}/{kind}.json"
        return self.client.get_hostname(self.client.api.v2010.absolute_url(path))

    async def get_page(self, address: str) -> str:
        """One page of a list, as its text. Raises NO_ANSWER."""
        answer = await self.http.get(address, self.headers)
        if answer.status != 200:
            raise ValueError("Not a page")
        return answer.text

    @cached_property
    def headers(self) -> dict[str, str]:
        """The official client's, with the account's login."""
        login = aiohttp.encode_basic_auth(self.config["account_sid"], self.config["auth_token"])
        return {**self.client.get_headers("POST", {}), "Authorization": login}

    async def check(self) -> Checkup:
        try:
            said = await self.client.api.account.balance.fetch_async()
        except TooManyRequests:
            return Checkup(problem=VERDICTS[20429].reason)
        except (TwilioRestException, TwilioServiceException) as refusal:
            return Checkup(problem=read_refusal(refusal, _status_of(refusal)).reason)
        except FAILURES as failure:
            return Checkup(problem=read_failure(failure, PROVIDER).reason)
        except NO_ANSWER:
            return Checkup(problem=reasons.UNREADABLE_ANSWER(provider=PROVIDER))
        words = _("Twilio knows the account; its balance is %(balance)s %(currency)s.")
        sentence = words % {"balance": said.balance, "currency": said.currency}
        return Checkup(sentence, balance=Balance.read(said.balance, str(said.currency or "")))

    async def fetch_receipts(self, provider_ids: list[str]) -> list[HookRequest]:
        turns = asyncio.Semaphore(QUESTIONS)
        found = await asyncio.gather(*(self._fetch_in_turn(sid, turns) for sid in provider_ids))
        return [call for call in found if call is not None]

    async def _fetch_in_turn(self, sid: str, turns: asyncio.Semaphore) -> HookRequest | None:
        async with turns:
            try:
                return await self.fetch_receipt(sid)
            except NO_ANSWER:
                return None

    async def fetch_receipt(self, provider_id: str) -> HookRequest:
        """What became of one message, as a call. Raises NO_ANSWER."""
        raise NotImplementedError

    async def fetch_media(self, reference: str) -> Media:
        """What a customer sent lies at Twilio, which leads on to a storage that must not see our password."""
        if not self._is_ours(reference):
            raise MediaRefused(NOT_AT_TWILIO())
        auth = {"Authorization": aiohttp.encode_basic_auth(self.config["account_sid"], self.config["auth_token"])}
        url, headers = self.http.redirect(reference), auth
        for _hop in range(MOST_HOPS):
            try:
                answer, content = await self.http.connections.download(url, MOST_MEDIA_BYTES, headers=headers)
            except FAILURES as failure:
                raise MediaLater(read_failure(failure, PROVIDER).reason) from None
            if answer.status in (301, 302, 303, 307, 308):
                url, headers = _follow(url, answer.headers.get("location", "")), {}
                continue
            if answer.status == 200:
                return Media(content, "", answer.headers.get("content-type", ""))
            if answer.status in (429, 500, 502, 503, 504):
                break
            raise MediaRefused(FILE_GONE())
        raise MediaLater(reasons.FILE_NOT_GIVEN(provider=PROVIDER))

    def _is_ours(self, reference: str) -> bool:
        """The address came in a call that was signed; our password still goes to Twilio only."""
        parts = urlsplit(reference)
        return parts.scheme == "https" and (parts.hostname or "").endswith(".twilio.com")

    def verify_hook(self, request: HookRequest) -> bool:
        """HMAC of the whole address and the form's fields, or of the address that has the body's hash in it."""
        signature = request.headers.get("x-twilio-signature", "")
        params: Any = request.form
        if request.body and not params:
            if "bodySHA256" not in request.query:
                return False
            params = request.body.decode("utf-8", "replace")
        algorithm = get_signature_algorithm(request.headers.get("x-twilio-webhooks-signature-settings"))
        return any(
            RequestValidator(secret).validate(request.url, params, signature, algorithm)
            for secret in (self.config["auth_token"], self.config.get("hook_secret"))
            if secret
        )

    @classmethod
    def answer_hook(cls) -> tuple[str, str]:
        return "text/xml", "<Response/>"

    def callback_url(self, message_key: str) -> str | None:
        """Where Twilio shall tell how a message goes."""
        return f"{self.hook_url}?{MESSAGE_KEY}={message_key}" if self.hook_url else None

    async def close(self) -> None:
        await self.http.close()


def as_call(at: object, **fields: str) -> HookRequest:
    """What was asked for, as if Twilio had called with it; of its own accord it does not say when something was."""
    moment = at.isoformat() if isinstance(at, datetime.datetime) else ""
    body = urlencode({**fields, HAPPENED_AT: moment}).encode()
    return HookRequest("twilio:asked", "ASK", body, {"content-type": FORM})


def read_moment(form: QueryDict) -> datetime.datetime | None:
    """When it happened, of what we had asked for."""
    try:
        at = datetime.datetime.fromisoformat(form.get(HAPPENED_AT, ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _refusal_in(answer: Answer) -> TwilioRestException | TwilioServiceException:
    response = Response(answer.status, answer.text, answer.headers)
    return Version.exception("POST", "", response, "Unable to create record")


def _status_of(refusal: TwilioRestException | TwilioServiceException) -> int:
    return refusal.status if type(refusal.status) is int else 400


def _follow(url: str, location: str) -> str:
    """Raises MediaLater for an address that is none."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise MediaLater(reasons.FILE_NOT_GIVEN(provider=PROVIDER)) from None


def read_slow_down(slow: TooManyRequests) -> Refused:
    """A 429 of whatever kind: nothing was processed. How long it lasts, if a longer time is known than was said."""
    verdict = find_verdict(slow.code) or VERDICTS[20429]
    verdict = verdict if verdict.slows or verdict.pauses_gateway else VERDICTS[20429]
    longest = max(slow.retry_after or 0, verdict.retry_after or 0)
    return replace(verdict, retry_after=longest or None)


def read_refusal(refusal: TwilioRestException | TwilioServiceException, status: int) -> Refused | Unknown:
    """What an answer of this `status` other than 2xx and 429 means.

    After a 5xx the message may exist at Twilio nevertheless.
    """
    if status >= 500:
        return Unknown(reasons.INTERNAL_FAULT(provider=PROVIDER))
    code = refusal.code if type(refusal.code) is int else 0
    if verdict := find_verdict(code or status):
        return verdict
    if status in (401, 403):
        return with_code(VERDICTS[20003], code)
    words = refusal.msg if isinstance(refusal, TwilioRestException) else refusal.title
    return refused_in_words(PROVIDER, code or status, words)


def make_failure(code: str) -> ReceiptNews:
    """A failed message's news, by Twilio's error code; without one, nobody knows why."""
    if verdict := find_verdict(int(code) if code.isascii() and code.isdecimal() and len(code) <= LONGEST_CODE else 0):
        return ReceiptNews(
            ReceiptStatus.FAILED,
            code=code,
            reason=verdict.reason,
            fault=verdict.fault,
            is_address_dead=verdict.is_address_dead,
            opted_out=verdict.opted_out,
            pauses_gateway=verdict.pauses_gateway,
        )
    return ReceiptNews(ReceiptStatus.FAILED, code=code, reason=NOT_DELIVERED(), fault=Fault.UNKNOWN)
