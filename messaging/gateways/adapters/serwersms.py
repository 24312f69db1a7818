"""SMS by SerwerSMS.pl (HTTPS API v2). It does not call us: what became of messages is asked for."""

import datetime
import re
import uuid
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Adapter, Checkup, ConfigField, adapter
from .connections import FAILURES, Answer, Connections, read_failure
from .news import Balance, ReceiptNews, ReceiptStatus
from .outcomes import Accepted, Fault, Finding, NotFound, Outcome, Parcel, Refused, Unknown
from .serwersms_errors import ACCOUNT_ERRORS, BAD_TOKEN, REASONS

BASE_URL = "https://api2.serwersms.pl"
_SENDER = re.compile(r"[A-Za-z0-9.\- ]{1,11}")
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
class SerwerSms(Adapter):
    key = "serwersms"
    label = gettext_lazy("SerwerSMS.pl")
    channel = "sms"
    resolves_doubt = "look_up"
    doubt_rests_seconds = 60
    receipts_at_once = 500
    has_balance = True
    fields = (
        ConfigField("token", gettext_lazy("API token"), is_secret=True, help_text=gettext_lazy("From the panel.")),
        ConfigField(
            "sender",
            gettext_lazy("Sender"),
            is_required=False,
            help_text=gettext_lazy(
                "A name that SerwerSMS has approved: messages go as FULL. Empty: as ECO, without Polish letters."
            ),
        ),
        ConfigField(
            "base_url",
            gettext_lazy("Address of the interface"),
            is_required=False,
            kind="url",
            is_address=True,
            help_text=gettext_lazy("Leave empty for SerwerSMS.pl itself."),
        ),
    )

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.connections = Connections(timeout)
        self.base_url = (config.get("base_url") or BASE_URL).rstrip("/")
        self.headers = {"Authorization": f"Bearer {config['token']}"}

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = {}
        if config.get("sender") and not _SENDER.fullmatch(config["sender"]):
            faults["sender"] = _("Up to 11 Latin letters, digits, dots, hyphens and spaces.")
        if not config.get("token", "").isascii():
            faults["token"] = _("A token has Latin letters and digits only.")
        return faults

    async def send(self, parcel: Parcel) -> Outcome:
        request = {"phone": parcel.to, "text": parcel.body, "unique_id": make_id(parcel.key), "details": True}
        if sender := self.config.get("sender"):
            request |= {"sender": sender, "utf": not _GSM.fullmatch(parcel.body)}
        try:
            answer = await self._ask("messages/send_sms", request)
        except FAILURES as failure:
            return read_failure(failure, "SerwerSMS")
        if refusal := read_refusal(answer):
            return refusal
        match answer.json.get("items"):
            case [dict() as item, *_others]:
                return _read_item(item)
        return Unknown(_("SerwerSMS's answer could not be read."))

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        try:
            rows = await self._report({"unique_id": [make_id(parcel.key)]})
        except (*FAILURES, ValueError):
            return Unknown(_("SerwerSMS did not say whether it has the message."))
        if not rows:
            return NotFound()
        return Accepted(str(rows[0].get("id", "")), rows[0].get("status") == "delivered")

    async def fetch_receipts(self, provider_ids: list[str]) -> list[ReceiptNews]:
        try:
            rows = await self._report({"id": provider_ids})
        except (*FAILURES, ValueError):
            return []
        return [news for row in rows if (news := _read_receipt(row)) is not None]

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
            return Checkup(False, read_failure(failure, "SerwerSMS").sentence)
        if refusal := read_refusal(answer):
            return Checkup(False, refusal.sentence)
        balance = self._read_balance(answer)
        if balance is None:
            return Checkup(True, _("SerwerSMS knows the account."))
        words = _("SerwerSMS knows the account; %(amount)s SMS are left.")
        return Checkup(True, words % {"amount": balance.amount}, balance)

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

    async def close(self) -> None:
        await self.connections.close()


def make_id(key: str) -> str:
    """Our key as SerwerSMS takes it: letters and digits only, 50 at most."""
    try:
        return uuid.UUID(key).hex
    except ValueError:
        return re.sub(r"[^A-Za-z0-9]", "", key)[:50]


def read_refusal(answer: Answer) -> Refused | Unknown | None:
    """None for an answer that is no error. Errors come with status 200 too."""
    if answer.status >= 500:
        return Unknown(_("SerwerSMS had an internal fault; the message may have been taken or not."))
    error = answer.json.get("error")
    if isinstance(error, dict):
        code, words = str(error.get("code", "")), str(error.get("message", ""))
        if verdict := ACCOUNT_ERRORS.get(code):
            return replace(verdict, sentence=str(verdict.sentence))
        sentence = (_("SerwerSMS refused it: %(words)s") % {"words": words})[:500]
        return Refused(sentence, permanent=False, fault=Fault.UNKNOWN, code=code[:50])
    if answer.status in (401, 403):
        return replace(BAD_TOKEN, sentence=str(BAD_TOKEN.sentence))
    if answer.status == 429:
        sentence = _("SerwerSMS asks to slow down.")
        return Refused(sentence, False, Fault.PROVIDER, "429", retry_after=answer.retry_after)
    if answer.status >= 300:
        sentence = _("SerwerSMS refused it: %(words)s") % {"words": answer.status}
        return Refused(sentence, permanent=True, fault=Fault.UNKNOWN, code=str(answer.status))
    return None


def _read_item(item: dict[str, Any]) -> Outcome:
    """What became of the one message in the request."""
    if item.get("status") != "unsent" and not item.get("error_code"):
        return Accepted(str(item.get("id", "")))
    code, words = str(item.get("error_code", "")), str(item.get("error_message", ""))
    if verdict := ACCOUNT_ERRORS.get(code):
        return replace(verdict, sentence=str(verdict.sentence))
    sentence = (_("SerwerSMS refused it: %(words)s") % {"words": words})[:500]
    return Refused(sentence, permanent=True, fault=Fault.UNKNOWN, code=code[:50])


def _read_receipt(row: dict[str, Any]) -> ReceiptNews | None:
    """None for a state that nobody has seen yet: it is asked for again."""
    status = _STATUSES.get(str(row.get("status", "")))
    if status is None:
        return None
    news = ReceiptNews(status)
    if status == ReceiptStatus.FAILED:
        failure = REASONS.get(str(row.get("reason", "")), REASONS["other_error"])
        news = replace(failure, sentence=str(failure.sentence))
    return replace(news, provider_id=str(row.get("id", "")))
