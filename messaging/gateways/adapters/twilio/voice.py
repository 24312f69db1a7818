"""Calls by Twilio: a voice reads the text to whoever answers."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from twilio.twiml.voice_response import VoiceResponse

from locations.values.languages import all_languages

from ..base import ConfigField, adapter
from ..error_tables import failures
from ..news import HookRequest, News, NotUnderstood, ReceiptNews, ReceiptStatus, Unclear
from ..outcomes import Fault, Outcome, Parcel, Refused
from .account import ACCOUNT_FIELDS, INTERFACE_FIELDS, MESSAGE_KEY, NUMBER, TwilioAccount, as_call, read_moment
from .errors import NOT_A_CALL, TOO_LONG_TO_SAY, UNKNOWN_CALL_STATUS

LONGEST_TWIML = 4000  # characters
RING_SECONDS = 45
VOICES = {language.calls: language.voice for language in all_languages() if language.calls}
_VOICE = re.compile(r"[A-Za-z0-9.\-]{0,60}")
_UNDER_WAY = {"queued", "initiated", "ringing", "in-progress"}
_NOT_TAKEN = {"busy": gettext_lazy("The line was busy."), "no-answer": gettext_lazy("Nobody took the call.")}
_NOT_CALLED = {"failed": gettext_lazy("The number could not be called.")}
_CANCELLED = {"canceled": gettext_lazy("The call was cancelled at Twilio.")}
_WHO_CANCELLED = gettext_lazy("Find out in Twilio's console who cancelled it.")
_FAILED = {
    **failures("twilio", _NOT_TAKEN, fault=Fault.RECIPIENT, prefix="call_"),
    **failures("twilio", _NOT_CALLED, fault=Fault.UNKNOWN, prefix="call_"),
    **failures("twilio", _CANCELLED, fault=Fault.US, remedy=_WHO_CANCELLED, prefix="call_"),
}


@adapter
class TwilioVoice(TwilioAccount):
    key = "twilio_voice"
    label = gettext_lazy("Twilio calls")
    channel = "voice"
    fields = (
        *ACCOUNT_FIELDS,
        ConfigField("sender", gettext_lazy("Sender"), help_text=gettext_lazy("Your number at Twilio (+48…).")),
        ConfigField(
            "language",
            gettext_lazy("Language"),
            default="pl-PL",
            choices=tuple((one.calls, gettext_lazy(one.name)) for one in all_languages() if one.calls),
        ),
        ConfigField(
            "voice",
            gettext_lazy("Voice"),
            is_required=False,
            help_text=gettext_lazy("For example Polly.Jacek. Empty: the usual one of the language."),
        ),
        *INTERFACE_FIELDS,
    )

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = super().find_faults(config)
        if not NUMBER.fullmatch(config.get("sender", "")):
            faults["sender"] = _("Write the number with its country, like +48501234567.")
        if not _VOICE.fullmatch(config.get("voice", "")):
            faults["voice"] = _("A voice is named like Polly.Ewa or Google.pl-PL-Standard-A.")
        return faults

    async def send(self, parcel: Parcel) -> Outcome:
        twiml = self.write_twiml(parcel.body)
        if len(twiml) > LONGEST_TWIML:
            return Refused(TOO_LONG_TO_SAY(), permanent=True, fault=Fault.US)
        form: dict[str, object] = {
            "To": parcel.to,
            "From": self.config["sender"],
            "Twiml": twiml,
            "Timeout": RING_SECONDS,
        }
        if callback := self.callback_url(parcel.key):
            form["StatusCallback"] = callback
        return await self.create("Calls", form)

    def write_twiml(self, text: str) -> str:
        """The customer's text is only ever text there."""
        language = self.config.get("language") or "pl-PL"
        response = VoiceResponse()
        response.say(text, language=language, voice=self.config.get("voice") or VOICES.get(language))
        return str(response)

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        form = request.form
        sid, status = form.get("CallSid", ""), form.get("CallStatus", "")
        if not sid or not status:
            raise NotUnderstood(NOT_A_CALL())
        news = read_status(status)
        if isinstance(news, Unclear):
            return [news]
        key = request.query.get(MESSAGE_KEY, "")
        return [replace(news, message_key=key, provider_id=sid, at=read_moment(form))]

    async def fetch_receipt(self, provider_id: str) -> HookRequest:
        call = await self.client.calls(provider_id).fetch_async()
        return as_call(call.end_time, CallSid=provider_id, CallStatus=str(call.status))


def read_status(status: str) -> ReceiptNews | Unclear:
    """A call that was answered counts as delivered."""
    if status in _UNDER_WAY:
        return ReceiptNews(ReceiptStatus.SENT)
    if status == "completed":
        return ReceiptNews(ReceiptStatus.DELIVERED)
    if status in _FAILED:
        return _FAILED[status]
    return Unclear(UNKNOWN_CALL_STATUS(status=status[:50]))
