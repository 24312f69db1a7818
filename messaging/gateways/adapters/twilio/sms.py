"""SMS by Twilio, at a fraction of the official client's cost; its questions go through that client."""

import datetime
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import reasons
from ..base import ConfigField, adapter
from ..news import (
    Command,
    HookRequest,
    InboundFile,
    InboundNews,
    News,
    NotUnderstood,
    ReceiptNews,
    ReceiptStatus,
    Unclear,
)
from ..outcomes import Finding, Outcome, Parcel, Unknown
from ..places import describe_place
from .account import (
    ACCOUNT_FIELDS,
    INTERFACE_FIELDS,
    MESSAGE_KEY,
    NO_ANSWER,
    TwilioAccount,
    as_call,
    make_failure,
    read_moment,
)
from .errors import LIST_TOO_LONG, MAY_BE_ANOTHER, NOT_OURS, OTHER_GATEWAY, PROVIDER, UNKNOWN_TYPE
from .look_up import Unreadable, find, read_list

VALIDITY_SECONDS = (5, 36_000)  # what Twilio takes; less than 5 is advised against
MOST_FILES = 20  # with one message; Twilio says 10

_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}", re.IGNORECASE)
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=[^a-z]*[a-z])[a-z0-9 ]{1,11}", re.IGNORECASE)
_UNDER_WAY = {"accepted", "scheduled", "queued", "sending", "sent", "partially_delivered"}
_ARRIVED = {"delivered", "read"}
_FAILED = {"undelivered", "failed", "canceled"}
_INBOUND = {"received", "receiving"}
KNOWN_TYPES = {
    *("", "text", "image", "audio", "voice", "video", "document", "file", "sticker", "location"),
    *("contact", "contacts", "button", "interactive", "list"),
}
"""Those that are shown as text, place or files; another one may carry what we cannot show."""
_COMMANDS = {"STOP": Command.STOP, "START": Command.START}  # with Twilio's "Advanced Opt-Out"


@adapter
class TwilioSms(TwilioAccount):
    key = "twilio_sms"
    label = gettext_lazy("Twilio SMS")
    channel = "sms"
    line: ClassVar[str] = "sms"
    prefix: ClassVar[str] = ""  # before both numbers
    longest_text = 1600
    resolves_doubt = "look_up"
    fields: ClassVar[tuple[ConfigField, ...]] = (
        *ACCOUNT_FIELDS,
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
        *INTERFACE_FIELDS,
    )

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = super().find_faults(config)
        sender, service = config.get("sender", ""), config.get("messaging_service_sid", "")
        if service and not _SERVICE_SID.fullmatch(service):
            faults["messaging_service_sid"] = _("A messaging service is MG and 32 digits or letters a to f.")
        if sender and not _SENDER.fullmatch(sender):
            faults["sender"] = _("Write a number like +48501234567, or up to 11 Latin letters, digits and spaces.")
        if not sender and not service:
            faults["sender"] = _("Give a sender or a messaging service.")
        return faults

    async def send(self, parcel: Parcel) -> Outcome:
        return await self.create("Messages", self._form(parcel))

    def _form(self, parcel: Parcel) -> dict[str, object]:
        form: dict[str, object] = {"To": self.prefix + parcel.to, "Body": parcel.body}
        if sender := self.config.get("sender"):
            form["From"] = self.prefix + sender
        if service := self.config.get("messaging_service_sid"):
            form["MessagingServiceSid"] = service
        if callback := self.callback_url(parcel.key):
            form["StatusCallback"] = callback
        if parcel.expires_at:
            shortest, longest = VALIDITY_SECONDS
            left = int((parcel.expires_at - timezone.now()).total_seconds())
            form["ValidityPeriod"] = min(max(left, shortest), longest)
        return form

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        try:
            rows = await read_list(self.get_page, self.address_of("Messages"), self.prefix + parcel.to)
        except Unreadable:
            return Unknown(LIST_TOO_LONG())
        except NO_ANSWER:
            return Unknown(reasons.NOT_SAID(provider=PROVIDER))
        return find(rows, parcel, sent_at, MAY_BE_ANOTHER())

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        form = request.form
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus") or form.get("SmsStatus", "")
        if sid and (status in _INBOUND or (not status and form.get("From"))):
            return cls._read_words(form, sid)
        if not sid or not status:
            raise NotUnderstood(NOT_OURS())
        news = read_status(status, form.get("ErrorCode", ""))
        if isinstance(news, Unclear):
            return [news]
        key = request.query.get(MESSAGE_KEY, "")
        return [replace(news, message_key=key, provider_id=sid, at=read_moment(form))]

    @classmethod
    def glimpse(cls, request: HookRequest) -> InboundNews | None:
        """Not for a receipt: its `From` is ours."""
        form = request.form
        sender = form.get("From", "")
        if form.get("MessageStatus") or not sender or not _is_of(cls.prefix, form):
            return None
        return InboundNews(sender.removeprefix(cls.prefix), form.get("To", "").removeprefix(cls.prefix), "")

    @classmethod
    def _read_words(cls, form: QueryDict, sid: str) -> list[News]:
        """Raises NotUnderstood for what came to the address of another kind of gateway."""
        if not _is_of(cls.prefix, form):
            raise NotUnderstood(OTHER_GATEWAY())
        said = InboundNews(
            sender=form.get("From", "").removeprefix(cls.prefix),
            to=form.get("To", "").removeprefix(cls.prefix),
            text=_read_text(form),
            provider_id=sid,
            name=form.get("ProfileName", ""),
            files=tuple(_read_files(form)),
            command=_COMMANDS.get(form.get("OptOutType", "")),
        )
        kind = form.get("MessageType", "")
        if kind in KNOWN_TYPES:
            return [said]
        return [said, Unclear(UNKNOWN_TYPE(kind=kind[:50]))]

    async def fetch_receipt(self, provider_id: str) -> HookRequest:
        message = await self.client.messages(provider_id).fetch_async()
        status, code = str(message.status), str(message.error_code or "")
        return as_call(message.date_updated, MessageSid=provider_id, MessageStatus=status, ErrorCode=code)


def _is_of(prefix: str, form: QueryDict) -> bool:
    """Whether it came by the kind of line that this gateway is: both kinds have one interface at Twilio."""
    return form.get("From", "").startswith("whatsapp:") == bool(prefix)


def _read_text(form: QueryDict) -> str:
    """What was written, or pressed, and where somebody is."""
    place = describe_place(form.get("Latitude"), form.get("Longitude"), form.get("Label"), form.get("Address"))
    written = form.get("Body", "").strip() or form.get("ButtonText", "") or form.get("ListTitle", "")
    return "\n".join(filter(None, (written, place)))


def _read_files(form: QueryDict) -> Iterator[InboundFile]:
    """Whatever count is told beside them: each that has an address."""
    for index in range(MOST_FILES):
        if url := form.get(f"MediaUrl{index}"):
            content_type = form.get(f"MediaContentType{index}", "")
            yield InboundFile(url, f"file{mimetypes.guess_extension(content_type) or ''}", content_type)


def read_status(status: str, code: str) -> ReceiptNews | Unclear:
    if status in _UNDER_WAY:
        return ReceiptNews(ReceiptStatus.SENT)
    if status in _ARRIVED:
        return ReceiptNews(ReceiptStatus.DELIVERED)
    if status in _FAILED:
        return make_failure(code)
    return Unclear(reasons.UNKNOWN_STATUS(provider=PROVIDER, status=status[:50]))
