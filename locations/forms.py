"""Forms of who and where: one verdict on phones and e-mail addresses, the same as an import's (A4, A5)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from .consent import normalise_address
from .models import Channel, Company, ContactKind, ContactPoint, Suppression
from .values.currencies import CODES
from .values.emails import validate_email
from .values.phones import has_several, parse_phone
from .values.spelling import tidy


class PhoneText(forms.CharField):
    """A phone number as people write it; `read_phone` turns it into E.164 by a country."""

    widget = UnfoldAdminTextInputWidget(attrs={"type": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)


class EmailText(forms.CharField):
    """An e-mail address under our one validator; Django's own field would say it in its own words."""

    widget = UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=254, validators=[validate_email], **kwargs)


def read_phone(text: str, country: str) -> str:
    """The number in E.164; empty stays empty. Raises ValidationError with a sentence."""
    if not text:
        return ""
    phone = parse_phone(text, country)
    if not phone and has_several(text):
        raise forms.ValidationError(_("“%(text)s” is more than one phone number: keep one."), params={"text": text})
    if not phone:
        raise forms.ValidationError(
            _("“%(text)s” is not a phone number of %(country)s; write one from abroad with + and its country code."),
            params={"text": text, "country": country},
        )
    return phone


def in_capitals(value: str) -> str:
    return value.strip().upper()


class CompanyForm(forms.ModelForm):
    def clean_country(self) -> str:
        return read_country(self.cleaned_data["country"])

    def clean_currency(self) -> str:
        return read_currency(self.cleaned_data["currency"])


def read_currency(value: str) -> str:
    """Three capital letters, or empty. Raises ValidationError."""
    letters = in_capitals(value)
    if letters and letters not in CODES:
        raise forms.ValidationError(
            _("“%(value)s” is not a currency: write three letters like PLN."), params={"value": value}
        )
    return letters


def read_country(value: str) -> str:
    """Two capital letters of a country that has phone numbers, or empty. Raises ValidationError."""
    from_text = in_capitals(value)
    if from_text and from_text not in SUPPORTED_REGIONS:
        raise forms.ValidationError(_("“%(value)s” is no country; write two letters like PL."), params={"value": value})
    return from_text


class NamedForm(forms.ModelForm):
    """Of what files and pages find by its name: stored as they say it, with no accent apart from its letter (NFC)."""

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])


class DepartmentForm(NamedForm):
    phone = PhoneText(label=_("Phone"))

    def clean_country(self) -> str:
        return read_country(self.cleaned_data["country"])

    def clean_currency(self) -> str:
        return read_currency(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        country = data.get("country") or Company.current().country
        try:
            data["phone"] = read_phone(data.get("phone", ""), country)
        except forms.ValidationError as problem:
            self.add_error("phone", problem)
        return data


class LocationForm(forms.ModelForm):
    phone = PhoneText(label=_("Contact phone"))
    email = EmailText(label=_("Contact e-mail"))

    def clean_client_name(self) -> str:
        return tidy(self.cleaned_data["client_name"])

    def clean_address(self) -> str:
        return tidy(self.cleaned_data["address"])

    def clean_email(self) -> str:
        return normalise_address(self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return read_phone(self.cleaned_data["phone"], Company.current().country)


class ContactPointForm(forms.ModelForm):
    """A phone or an e-mail address in a client's card."""

    class Meta:
        model = ContactPoint
        fields = ["kind", "type", "value", "position"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        value = data.get("value", "")
        try:
            data["value"] = read_address(value, data.get("kind") == ContactKind.PHONE)
        except forms.ValidationError as problem:
            self.add_error("value", problem)
        return data


class SuppressionForm(forms.ModelForm):
    class Meta:
        model = Suppression
        fields = ["address", "channel", "purpose", "reason"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        try:
            data["address"] = read_address(data.get("address", ""), data.get("channel") != Channel.EMAIL)
        except forms.ValidationError as problem:
            self.add_error("address", problem)
        return data


def read_address(value: str, is_phone: bool) -> str:
    """A phone in E.164 or an e-mail in lower case. Raises ValidationError with a sentence."""
    if is_phone:
        return read_phone(value, Company.current().country)
    validate_email(value)
    return normalise_address(value)
