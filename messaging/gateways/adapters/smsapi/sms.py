"""SMS by SMSAPI.pl. Our key is its `idx`, which it takes once only, so a message in doubt is simply sent again."""

import datetime
import hashlib
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import reasons
from ..base import Checkup, adapter
from ..error_tables import refused_in_words
from ..http import FAILURES, Answer, read_failure
from ..news import Balance, HookRequest, InboundNews, News, NotUnderstood, ReceiptNews, Unclear
from ..outcomes import Accepted, Outcome, Parcel, Unknown
from ..token_account import TokenAccount, address_field, sender_field, token_field
from .errors import ALREADY_TAKEN, IN_DOUBT, NOT_OURS, NOTHING_KNOWN, RECEIPTS, VERDICTS

PROVIDER = "SMSAPI"
EXPIRES_SECONDS = (3_660, 71 * 3_600)  # after the sending; SMSAPI takes 1 to 72 hours
SHORTEST_NUMBER = 8  # digits; fewer are a service's short number, of no country


@adapter
class SmsApi(TokenAccount):
    key = "smsapi"
    label = gettext_lazy("SMSAPI.pl")
    channel = "sms"
    line = "sms"
    resolves_doubt = "same_key"
    has_hook = True
    has_balance = True
    own_url = "https://api.smsapi.pl"
    fields = (
        token_field(gettext_lazy("From the customer's panel; it needs the rights to send SMS and to see the account.")),
        sender_field(gettext_lazy("A name that SMSAPI has approved, up to 11 characters. Empty: the account's own.")),
        address_field(gettext_lazy("Leave empty for SMSAPI.pl itself.")),
    )

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            answer = await self._ask("POST", "sms.do", data=self._request(parcel))
        except FAILURES as failure:
            return read_failure(failure, PROVIDER)
        return read_answer(answer)

    def _request(self, parcel: Parcel) -> dict[str, str]:
        request = {
            "to": parcel.to.removeprefix("+"),
            "message": parcel.body,
            "format": "json",
            "encoding": "utf-8",
            "idx": parcel.key,
            "check_idx": "1",
        }
        if sender := self.config.get("sender"):
            request["from"] = sender
        if self.hook_url:
            request["notify_url"] = self.hook_url
        if parcel.expires_at:
            now, (shortest, longest) = timezone.now(), EXPIRES_SECONDS
            left = min(max((parcel.expires_at - now).total_seconds(), shortest), longest)
            request["expiration_date"] = str(int(now.timestamp() + left))
        return request

    async def check(self) -> Checkup:
        try:
            answer = await self._ask("GET", "user.do", params={"format": "json", "credits": "1", "details": "1"})
        except FAILURES as failure:
            return Checkup(problem=read_failure(failure, PROVIDER).reason)
        balance = read_balance(answer)
        if balance is None:
            outcome, unreadable = read_answer(answer), reasons.UNREADABLE_ANSWER(provider=PROVIDER)
            return Checkup(problem=unreadable if isinstance(outcome, Accepted) else outcome.reason)
        words = _("SMSAPI knows the account; it has %(amount)s points.")
        return Checkup(words % {"amount": balance.amount}, balance=balance)

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        """One call may tell of several messages, in lists of equal length divided by commas."""
        fields = _fields_of(request)
        if "sms_text" in fields:
            return [_read_inbound(fields)]
        names = ("MsgId", "status", "idx", "donedate")
        lists = [fields.get(name, "").split(",") for name in names]
        if not fields.get("MsgId") or not fields.get("status") or len(lists[0]) != len(lists[1]):
            raise NotUnderstood(NOT_OURS())
        rows = zip(*(values if len(values) == len(lists[0]) else [""] * len(lists[0]) for values in lists), strict=True)
        return [_read_receipt(*row) for row in rows]

    @classmethod
    def glimpse(cls, request: HookRequest) -> InboundNews | None:
        fields = _fields_of(request)
        return InboundNews(_sender_of(fields), fields.get("sms_to", ""), "") if fields.get("sms_from") else None

    @classmethod
    def answer_hook(cls) -> tuple[str, str]:
        return "text/plain", "OK"

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:
        """Raises FAILURES."""
        return await self.connections.request(method, f"{self.base_url}/{path}", headers=self.headers, **options)


def read_answer(answer: Answer) -> Outcome:
    """Errors come with status 200 too. After an internal fault the message may exist nevertheless."""
    body = answer.json
    code = body.get("error")
    if isinstance(code, int) and not isinstance(code, bool):
        return _read_error(code, str(body.get("message", "")), answer.retry_after)
    if answer.status in (401, 403):
        return VERDICTS[101]
    if answer.status == 429:
        return replace(VERDICTS[203], retry_after=answer.retry_after)
    if answer.status == 409:
        return VERDICTS[409]
    if 400 <= answer.status < 500:
        return refused_in_words(PROVIDER, answer.status, answer.status)
    match body.get("list"):
        case [{"id": str() as provider_id}, *_others] if answer.status < 300:
            return Accepted(provider_id)
    return Unknown(reasons.UNREADABLE_ANSWER(provider=PROVIDER))


def _read_error(code: int, words: str, retry_after: int | None) -> Outcome:
    if code == ALREADY_TAKEN:
        return Accepted()  # an earlier try under this key had worked
    if code in IN_DOUBT:
        return Unknown(reasons.INTERNAL_FAULT(provider=PROVIDER))
    if verdict := VERDICTS.get(code):
        return replace(verdict, retry_after=retry_after or verdict.retry_after)
    return refused_in_words(PROVIDER, code, words)


def read_balance(answer: Answer) -> Balance | None:
    return Balance.read(answer.json.get("points"), "points")


def _fields_of(request: HookRequest) -> QueryDict:
    return request.query if "MsgId" in request.query else request.form or request.query


def _read_receipt(provider_id: str, status: str, key: str, done_at: str) -> ReceiptNews | Unclear:
    if status not in RECEIPTS:
        return Unclear(reasons.UNKNOWN_STATUS(provider=PROVIDER, status=status[:50]))
    news = RECEIPTS[status]
    if news is None:
        return Unclear(NOTHING_KNOWN(status=status), must_be_seen=False)
    happened = datetime.datetime.fromtimestamp(int(done_at), datetime.UTC) if _is_time(done_at) else None
    return replace(news, provider_id=provider_id, message_key=key, at=happened)


def _is_time(text: str) -> bool:
    """Seconds since 1970 of this century."""
    return text.isascii() and text.isdecimal() and 9 <= len(text) <= 10 and int(text) < 4_102_444_800


def _read_inbound(fields: QueryDict) -> InboundNews:
    """`MsgId` may be that of the message replied to, or empty: two replies to one message are two all the same."""
    told = [fields.get(name, "") for name in ("MsgId", "sms_from", "sms_text", "sms_date")]
    number = hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()
    return InboundNews(_sender_of(fields), fields.get("sms_to", ""), fields.get("sms_text", ""), number)


def _sender_of(fields: QueryDict) -> str:
    sender = fields.get("sms_from", "")
    return f"+{sender}" if sender.isdecimal() and len(sender) >= SHORTEST_NUMBER else sender
