"""What "connect" asks for: a form made of the provider's own fields."""

from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from .adapters import Adapter, ConfigField
from .models import Gateway

PREFIX = "config_"  # before the name of a provider's field, lest it meets one of ours
TIMEOUT_SECONDS = (1, 30)  # a worker's task may take 60
RATE_PER_SECOND = (0.01, 1000)
CONCURRENCY = (1, 1000)
LOW_BALANCE = (0, 1_000_000)


class ConnectForm(forms.ModelForm):
    """A gateway's own fields; `make_connect_form` adds the provider's. Secrets go in and never come out again."""

    adapter_class: ClassVar[type[Adapter]]

    class Meta:
        model = Gateway
        fields = ["name", "is_on", "weight", "rate_per_second", "concurrency", "timeout_seconds", "low_balance"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.adapter = self.adapter_class.key
        self.kept = self._read_kept()
        for field in self.adapter_class.fields:
            form_field = self.fields[PREFIX + field.name]
            if not field.is_secret:
                form_field.initial = self.kept.get(field.name, field.default)
            elif self.kept.get(field.name):
                form_field.required = False
                form_field.help_text = _("It is kept and never shown. Leave empty to keep it, or write a new one.")
        if not self.instance.pk and "name" in self.fields:
            self.fields["name"].initial = str(self.adapter_class.label)

    def clean_rate_per_second(self) -> float | None:
        return self._within("rate_per_second", RATE_PER_SECOND)

    def clean_concurrency(self) -> int:
        return self._within("concurrency", CONCURRENCY)

    def clean_low_balance(self) -> Decimal | None:
        return self._within("low_balance", LOW_BALANCE)

    def clean_timeout_seconds(self) -> int:
        return self._within("timeout_seconds", TIMEOUT_SECONDS)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        written = {
            field.name: str(cleaned.get(PREFIX + field.name) or "").strip() for field in self.adapter_class.fields
        }
        self._refuse_to_take_secrets_elsewhere(written)
        self.config = {
            field.name: written[field.name] or (self.kept.get(field.name, "") if field.is_secret else "")
            for field in self.adapter_class.fields
        }
        if not any(name.startswith(PREFIX) for name in self.errors):
            for name, sentence in self.adapter_class.find_faults(self.config).items():
                self.add_error(PREFIX + name, sentence)
        return cleaned

    def save(self, commit: bool = True) -> Gateway:
        self.instance.config = self.config
        return super().save(commit)

    def _read_kept(self) -> dict[str, str]:
        try:
            return self.instance.config
        except ImproperlyConfigured:
            return {}  # encrypted with a key that is gone: everything is asked for again

    def _refuse_to_take_secrets_elsewhere(self, written: dict[str, str]) -> None:
        """Else a new address would be a way to read a secret that is never shown."""
        fields = self.adapter_class.fields
        if not any(field.is_address and written[field.name] != self.kept.get(field.name, "") for field in fields):
            return
        for field in fields:
            if field.is_secret and self.kept.get(field.name) and not written[field.name]:
                self.add_error(PREFIX + field.name, _("The address is a new one: write this once more."))

    def _within(self, name: str, limits: tuple[float, float]) -> Any:
        value, (least, most) = self.cleaned_data[name], limits
        if value is not None and not least <= value <= most:
            sentence = _("Write a number from %(least)s to %(most)s.")
            raise forms.ValidationError(sentence % {"least": least, "most": most})
        return value


def make_connect_form(adapter_class: type[Adapter]) -> type[ConnectForm]:
    """The form of one provider: only what that provider needs."""
    fields = {PREFIX + field.name: _make_field(field) for field in adapter_class.fields}
    attributes = {"adapter_class": adapter_class, **fields}
    return cast(type[ConnectForm], type("ConnectForm", (ConnectForm,), attributes))


def _make_field(field: ConfigField) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "help_text": field.help_text, "required": field.is_required}
    if field.is_secret:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        return forms.CharField(max_length=500, widget=widget, **common)
    if field.choices:
        return forms.ChoiceField(choices=field.choices, widget=UnfoldAdminSelectWidget(), **common)
    match field.kind:
        case "number":
            return forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget(), **common)
        case "email":
            return forms.EmailField(widget=UnfoldAdminEmailInputWidget(), **common)
        case "url":
            return forms.URLField(max_length=500, assume_scheme="https", widget=UnfoldAdminTextInputWidget(), **common)
    return forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget(), **common)
