"""SMS by SerwerSMS.pl (HTTPS API v2). It does not call us: receipts and answers are asked for."""

import datetime
import json
import re
import uuid
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import reasons
from ..base import Checkup, ConfigField, adapter
from ..error_tables import refused_in_words
from ..foreign import read_json
from ..http import FAILURES, Answer, read_failure
from ..news import (
    Balance,
    HookRequest,
    InboundNews,
    News,
    NotUnderstood,
    Polled,
    PollFailed,
    ReceiptNews,
    ReceiptStatus,
    Unclear,
)
from ..outcomes import Accepted, Finding, Outcome, Parcel, Refused, Unknown
from ..token_account import TokenAccount, address_field, sender_field, token_field
from .errors import BAD_TOKEN, FAILURES_TOLD, FILES_IN_PANEL, NOT_RECEIVED, NOT_REPORTED, SLOWER, VERDICTS

PROVIDER = "SerwerSMS"
LONGEST_ID = 18  # digits of a received message's number
CHANGING = {"blacklist"}  # in a received message's row, without the message being another one
ASK_BACK = datetime.timedelta(days=2)  # SerwerSMS's clock is Poland's; what came twice is kept once
# Letters that need no `utf`: those of GSM 03.38.
_GSM = re.compile(r"[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà\f^{}\\\[~\]|€]*")
_STATUSES = {
    "delivered": ReceiptStatus.DELIVERED,
    "sent": ReceiptStatus.SENT,
    "in_progress": ReceiptStatus.SENT,
    "saved": ReceiptStatus.SENT,
    "undelivered": ReceiptStatus.FAILED,
    "unsent": ReceiptStatus.FAILED,
}


@adapter
class SerwerSms(TokenAccount):
    key = "serwersms"
    label = gettext_lazy("SerwerSMS.pl")
    channel = "sms"
    line = "sms"
    poll_seconds = 60
    resolves_doubt = "look_up"
    receipts_at_once = 500
    has_balance = True
    own_url = "https://api2.serwersms.pl"
    fields = (
        token_field(gettext_lazy("From the panel.")),
        sender_field(
            gettext_lazy(
                "A name that SerwerSMS has approved: messages go as FULL. Empty: as ECO, without Polish letters."
            )
        ),
        ConfigField(
            "inbound",
            gettext_lazy("Answers of customers"),
            is_required=False,
            choices=(
                ("", gettext_lazy("are not fetched")),
                ("eco", gettext_lazy("to messages sent as ECO")),
                ("nd", gettext_lazy("to a number of SerwerSMS (ND)")),
                ("ndi", gettext_lazy("to a number of your own (NDI)")),
                ("mms", gettext_lazy("by MMS")),
            ),
            help_text=gettext_lazy("Which messages that SerwerSMS received for you are asked for, once a minute."),
        ),
        address_field(gettext_lazy("Leave empty for SerwerSMS.pl itself.")),
    )

    async def send(self, parcel: Parcel) -> Outcome:
        request = {"phone": parcel.to, "text": parcel.body, "unique_id": make_id(parcel.key), "details": True}
        if sender := self.config.get("sender"):
            request |= {"sender": sender, "utf": not _GSM.fullmatch(parcel.body)}
        try:
            answer = await self._ask("messages/send_sms", request)
        except FAILURES as failure:
            return read_failure(failure, PROVIDER)
        if refusal := read_refusal(answer):
            return refusal
        match answer.json.get("items"):
            case [dict() as item, *_others]:
                return _read_item(item)
        return Unknown(reasons.UNREADABLE_ANSWER(provider=PROVIDER))

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """Its reports prove that a message is there. That one is not proves nothing: how soon and for how long they
        list what was taken is not documented.
        """
        try:
            rows = await self._report({"unique_id": [make_id(parcel.key)]})
        except (*FAILURES, ValueError):
            return Unknown(reasons.NOT_SAID(provider=PROVIDER))
        if len(rows) != 1 or _digits(rows[0].get("phone")) not in {"", _digits(parcel.to)}:
            return Unknown(NOT_REPORTED())
        return Accepted(str(rows[0].get("id", "")), rows[0].get("status") == "delivered")

    async def fetch_receipts(self, provider_ids: list[str]) -> list[HookRequest]:
        try:
            rows = await self._report({"id": provider_ids})
        except (*FAILURES, ValueError):
            return []
        return [_as_report(row) for row in rows]

    @classmethod
    def can_poll(cls, config: dict[str, str]) -> bool:
        return bool(config.get("inbound"))

    async def poll(self, cursor: dict[str, Any]) -> Polled:
        """Numbers of received messages grow; the first time nothing: what lay there before is no news."""
        question = {"type": self.config["inbound"], "date_from": f"{timezone.now() - ASK_BACK:%Y-%m-%d 00:00:00}"}
        try:
            answer = await self._ask("messages/recived", question)
        except FAILURES as failure:
            raise PollFailed(read_failure(failure, PROVIDER).reason) from None
        if refusal := read_refusal(answer):
            raise PollFailed(refusal.reason)
        rows = answer.json.get("items")
        if not isinstance(rows, list):
            raise PollFailed(reasons.UNREADABLE_ANSWER(provider=PROVIDER))
        return sort_received(rows, cursor)

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        row = _read_row(request)
        if isinstance(row.get("report"), dict):
            return [_read_receipt(row["report"])]
        if not row.get("phone") or not row.get("id"):
            raise NotUnderstood(NOT_RECEIVED())
        words = [str(row[name]) for name in ("title", "text") if row.get(name)]
        said = InboundNews(str(row["phone"]), str(row.get("to_number") or ""), "\n".join(words), str(row["id"]))
        has_files = any(isinstance(row.get(name), list) and row[name] for name in row)
        return [said, Unclear(FILES_IN_PANEL())] if has_files else [said]

    @classmethod
    def glimpse(cls, request: HookRequest) -> InboundNews | None:
        row = _read_row(request)
        return InboundNews(str(row["phone"]), str(row.get("to_number") or ""), "") if row.get("phone") else None

    async def _report(self, what: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Rows of messages/reports. Raises FAILURES, and ValueError when the answer is none."""
        answer = await self._ask("messages/reports", {**what, "limit": self.receipts_at_once})
        rows = answer.json.get("items")
        if answer.status >= 300 or not isinstance(rows, list):
            raise ValueError("Not a report")
        return [row for row in rows if isinstance(row, dict)]

    async def check(self) -> Checkup:
        try:
            answer = await self._ask("account/limits", {"show_type": True})
        except FAILURES as failure:
            return Checkup(problem=read_failure(failure, PROVIDER).reason)
        if refusal := read_refusal(answer):
            return Checkup(problem=refusal.reason)
        balance = self._read_balance(answer)
        if balance is None:
            return Checkup(_("SerwerSMS knows the account."))
        words = _("SerwerSMS knows the account; %(amount)s SMS are left.")
        return Checkup(words % {"amount": balance.amount}, balance=balance)

    def _read_balance(self, answer: Answer) -> Balance | None:
        """How many messages are left of the kind that this gateway sends."""
        kind = "full" if self.config.get("sender") else "eco"
        rows = answer.json.get("items")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and str(row.get("type", "")).lower() == kind:
                return Balance.read(row.get("value"), "SMS")
        return None

    async def _ask(self, action: str, request: dict[str, Any]) -> Answer:
        """Raises FAILURES."""
        url = f"{self.base_url}/{action}.json"
        return await self.connections.request("POST", url, json=request, headers=self.headers)


def sort_received(rows: list[Any], cursor: dict[str, Any]) -> Polled:
    """Those with a number beyond the last one, as calls; what has no such number is kept too, whatever it is."""
    numbers = {index: number for index, row in enumerate(rows) if (number := _number_of(row)) is not None}
    newest = max([cursor.get("id", 0), *numbers.values()])
    if not cursor:
        return Polled([], {"id": newest})
    odd = [row for index, row in enumerate(rows) if index not in numbers]
    fresh = sorted((number, index) for index, number in numbers.items() if number > cursor["id"])
    return Polled([_as_call(row) for row in [*(rows[index] for _number, index in fresh), *odd]], {"id": newest})


def _number_of(row: Any) -> int | None:
    """None for a row that is no message, or is numbered in a way that nothing can be asked after."""
    number = row.get("id") if isinstance(row, dict) else None
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID:
        return int(number)
    return number if type(number) is int and 0 <= number < 10**LONGEST_ID else None


def _as_call(row: Any) -> HookRequest:
    """A message that was asked for, as if SerwerSMS had called with it; the same row is always the same call."""
    kept = {name: value for name, value in row.items() if name not in CHANGING} if isinstance(row, dict) else row
    body = json.dumps(kept, sort_keys=True).encode()  # in ASCII: half a character is kept as it came
    return HookRequest("serwersms:received", "POLL", body, {"content-type": "application/json"})


def _as_report(row: dict[str, Any]) -> HookRequest:
    """What became of a message, as if SerwerSMS had called with it."""
    body = json.dumps({"report": row}, sort_keys=True).encode()
    return HookRequest("serwersms:report", "ASK", body, {"content-type": "application/json"})


def _read_row(request: HookRequest) -> dict[str, Any]:
    """Raises NotUnderstood."""
    try:
        row = read_json(request.body)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise NotUnderstood(NOT_RECEIVED())
    return row


def _digits(number: object) -> str:
    return re.sub(r"\D", "", str(number or ""))


def make_id(key: str) -> str:
    """Our key as SerwerSMS takes it: letters and digits only, 50 at most."""
    try:
        return uuid.UUID(key).hex
    except ValueError:
        return re.sub(r"[^A-Za-z0-9]", "", key)[:50]


def read_refusal(answer: Answer) -> Refused | Unknown | None:
    """None for an answer that is no error. Errors come with status 200 too."""
    if answer.status >= 500:
        return Unknown(reasons.INTERNAL_FAULT(provider=PROVIDER))
    error = answer.json.get("error")
    if isinstance(error, dict):
        code, words = str(error.get("code", "")), str(error.get("message", ""))
        return VERDICTS.get(code) or refused_in_words(PROVIDER, code, words, permanent=False)
    if answer.status in (401, 403):
        return BAD_TOKEN
    if answer.status == 429:
        return replace(SLOWER, retry_after=answer.retry_after)
    if answer.status >= 300:
        return refused_in_words(PROVIDER, answer.status, answer.status)
    return None


def _read_item(item: dict[str, Any]) -> Outcome:
    """What became of the one message in the request."""
    if item.get("status") != "unsent" and not item.get("error_code"):
        return Accepted(str(item.get("id", "")))
    code, words = str(item.get("error_code", "")), str(item.get("error_message", ""))
    return VERDICTS.get(code) or refused_in_words(PROVIDER, code, words)


def _read_receipt(row: dict[str, Any]) -> ReceiptNews | Unclear:
    status = _STATUSES.get(str(row.get("status", "")))
    if status is None:
        return Unclear(reasons.UNKNOWN_STATUS(provider=PROVIDER, status=str(row.get("status", ""))[:50]))
    news = ReceiptNews(status)
    if status == ReceiptStatus.FAILED:
        news = FAILURES_TOLD.get(str(row.get("reason", "")), FAILURES_TOLD["other_error"])
    return replace(news, provider_id=str(row.get("id", "")))
