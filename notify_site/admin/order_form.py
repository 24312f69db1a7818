"""The order's form. It never writes a stage or a planned arrival: those go through `orders.moves`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from locations.forms import EmailText, PhoneText, read_phone
from locations.models import Account, Location
from locations.places import clean_words, settle_location
from orders.models import Order, Stage


def words(label: Any, max_length: int, help_text: Any = "") -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=max_length, help_text=help_text, widget=widget)


class OrderForm(forms.ModelForm):
    client_name = words(_("Client name"), 255)
    address = words(
        _("Address"), 500, _("The same name and address, to the last comma, is the same location; else a new one.")
    )
    contact_phone = PhoneText(label=_("Contact phone"))
    contact_email = EmailText(label=_("Contact e-mail"))
    new_stage = forms.ModelChoiceField(
        Stage.objects.all(), label=_("Move to"), required=False, widget=UnfoldAdminSelectWidget()
    )
    do_not_notify = forms.BooleanField(
        label=_("Do not notify about this move"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    # The page remembers the arrival it showed, so that one saved from an old page does not undo a rescheduling.
    planned_arrival = forms.SplitDateTimeField(
        label=_("Planned arrival"),
        required=False,
        show_hidden_initial=True,
        widget=UnfoldAdminSplitDateTimeWidget(),
    )

    class Meta:
        model = Order
        exclude = ["client", "location", "source", "accepted_at"]  # noqa: DJ006 the page's fieldsets name its fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_stage" not in self.fields:  # somebody who may only look
            return
        order = self.instance
        if order.pk:
            self.fields["new_stage"].empty_label = _("stay in “%(stage)s”") % {"stage": order.stage}
            self.fields["client_name"].initial = order.location.client_name
            self.fields["address"].initial = order.location.address
        else:
            self.fields["new_stage"].label = _("Stage")
            self.fields["new_stage"].empty_label = _("the first stage")

    def clean_client_name(self) -> str:
        return clean_words(self.cleaned_data["client_name"])

    def clean_address(self) -> str:
        return clean_words(self.cleaned_data["address"])

    def clean_number(self) -> str:
        number = clean_words(self.cleaned_data["number"])
        twins = Order.objects.filter(source=self.instance.source, number=number).exclude(pk=self.instance.pk)
        if number and twins.exists():
            raise forms.ValidationError(_("There is already an order with the number “%(n)s”."), params={"n": number})
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        department = data.get("department")
        country = (department.country if department else "") or Account.current().country
        try:
            data["contact_phone"] = read_phone(data.get("contact_phone", ""), country)
        except forms.ValidationError as problem:
            self.add_error("contact_phone", problem)
        if not self.instance.pk and not Stage.objects.exists():
            raise forms.ValidationError(_("There is no stage yet: make the first one under Settings, Stages."))
        return data

    def settle_place(self) -> Location:
        """Where the order goes: the exactly matching location, or a new one with its client."""
        data = self.cleaned_data
        order = self.instance
        pair = (data["client_name"], data["address"])
        if order.pk and pair == (order.location.client_name, order.location.address):
            return order.location
        return settle_location(*pair, phone=data["contact_phone"], email=data["contact_email"])
