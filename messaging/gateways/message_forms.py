"""Forms that write messages: the first one through a fresh gateway, and a customer's answer in the sandbox."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from .adapters import Adapter, HookRequest
from .adapters.news import FORM
from .calls.hooks import store
from .models import Gateway, SandboxDelivery


class TestMessageForm(forms.Form):
    """To whom, and what: the first message through a fresh account."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=200,
        initial=gettext_lazy("A test message. If you can read this, the gateway works."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, adapter_class: type[Adapter], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"to": _recipient_field(adapter_class), **self.fields}

    @property
    def recipient(self) -> str:
        """E.164, an e-mail address, or a chat's number."""
        to = self.cleaned_data["to"]
        return to if isinstance(to, str) else to.as_e164


def _recipient_field(adapter_class: type[Adapter]) -> forms.Field:
    if adapter_class.channel == "email":
        widget = UnfoldAdminEmailInputWidget(attrs={"placeholder": "name@example.com"})
        return forms.EmailField(label=_("E-mail address"), widget=widget)
    if adapter_class.line == "telegram":
        return forms.RegexField(
            r"\A\d{1,20}\Z",
            label=_("Number of a chat"),
            help_text=_("Write to the bot first: the number stands in the chat that opens here."),
            widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "placeholder": "123456789"}),
        )
    return PhoneNumberField(
        label=_("Phone number"),
        error_messages={"invalid": _("Write the number with its country, like +48501234567.")},
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel", "placeholder": "+48501234567"}),
    )


class ReplyForm(forms.Form):
    """What a customer of the sandbox writes back; only from an address that got something here."""

    channel = forms.ChoiceField(choices=[("sms", "sms"), ("email", "email")])
    to = forms.CharField(max_length=254)
    subject = forms.CharField(max_length=300, required=False)
    text = forms.CharField(
        max_length=10_000, error_messages={"required": gettext_lazy("Write what the customer answers.")}
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        known = SandboxDelivery.objects.filter(channel=cleaned.get("channel"), to=cleaned.get("to"), is_reply=False)
        if not self.errors and not known.exists():
            raise forms.ValidationError(_("Nothing was sent to this address here, so nobody answers from it."))
        self.gateway = Gateway.objects.filter(adapter=f"sandbox_{cleaned.get('channel')}").order_by("-is_on").first()
        if not self.errors and self.gateway is None:
            raise forms.ValidationError(_("The sandbox's gateway was removed: connect it again first."))
        return cleaned

    @transaction.atomic
    def store(self) -> None:
        assert self.gateway is not None  # else the form is not valid
        key, said = uuid.uuid4(), self.cleaned_data
        written = {"id": str(key), "from": said["to"], "subject": said["subject"], "text": said["text"]}
        store(self.gateway, HookRequest("sandbox:", "POST", urlencode(written).encode(), {"content-type": FORM}))
        SandboxDelivery.objects.create(
            key=key,
            channel=said["channel"],
            to=said["to"],
            subject=said["subject"],
            body=said["text"],
            is_reply=True,
        )
