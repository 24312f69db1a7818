"""WhatsApp by Twilio: the same messages as SMS, with `whatsapp:` before both numbers.

Free text goes only within 24 hours of the customer's last words (63016 says that it came later), so it is for answers.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import ConfigField, adapter
from ..outcomes import Parcel
from .account import ACCOUNT_FIELDS, INTERFACE_FIELDS, NUMBER
from .sms import TwilioSms


@adapter
class TwilioWhatsApp(TwilioSms):
    key = "twilio_whatsapp"
    label = gettext_lazy("Twilio WhatsApp")
    channel = "chat"
    line = "whatsapp"
    offer = gettext_lazy("Chat with customers who write to your WhatsApp number; the provider charges for it.")
    prefix = "whatsapp:"
    fields = (
        *ACCOUNT_FIELDS,
        ConfigField(
            "sender",
            gettext_lazy("WhatsApp number"),
            help_text=gettext_lazy("Your WhatsApp sender at Twilio, like +48501234567."),
        ),
        *INTERFACE_FIELDS,
    )

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = super(TwilioSms, cls).find_faults(config)
        if not NUMBER.fullmatch(config.get("sender", "")):
            faults["sender"] = _("Write the number with its country, like +48501234567.")
        return faults

    def _form(self, parcel: Parcel) -> dict[str, object]:
        form = super()._form(parcel)
        form.pop("ValidityPeriod", None)  # WhatsApp knows none
        return form
