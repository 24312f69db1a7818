"""The order's form, read as a file's cells are (A4). Stage and planned arrival go through `orders.moves` only."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from locations.models import Client, Location
from locations.values.reasons import NONE, Reason
from locations.values.spelling import tidy
from locations.values.time_zones import to_instant, why_odd
from orders.imports.reading import cells
from orders.imports.reading.errors import CellRefused
from orders.imports.reading.lookups import Lookups, Place
from orders.imports.running.one_order import settle_now
from orders.models import Order, Stage

READERS = {
    "contact_phone": cells.phone,
    "contact_email": cells.email,
    "subtotal": cells.amount,
    "discount": cells.amount,
    "total": cells.amount,
    "currency": cells.currency,
}
MOMENTS = ("placed_at", "accepted_at", "planned_arrival")


def words(
    label: Any, max_length: int, help_text: Any = "", required: bool = True, kind: str = "text"
) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": kind})
    return forms.CharField(label=label, max_length=max_length, help_text=help_text, required=required, widget=widget)


class DateAndTime(forms.SplitDateTimeWidget):
    """A day and a time in the browser's own fields: written and picked as each person's device does it."""

    def __init__(self) -> None:
        look = " ".join(INPUT_CLASSES)
        day: dict[str, Any] = {"type": "date", "class": f"{look} g-date", "aria-label": _("Date")}
        time: dict[str, Any] = {"type": "time", "class": f"{look} g-time", "aria-label": _("Time")}
        super().__init__(
            date_attrs=day,
            time_attrs=time,
            date_format="%Y-%m-%d",  # what such fields are given and give back, whatever they show
            time_format="%H:%M:%S",
        )


class Moment(forms.SplitDateTimeField):
    """A day and a time on the company's clocks. When clocks change it is read as a file's cell is, with a word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DateAndTime(), **kwargs)
        self.odd = NONE

    def compress(self, data_list: Any) -> datetime.datetime | None:
        if not data_list or None in data_list or "" in data_list:
            return super().compress(data_list)
        wall, zone = datetime.datetime.combine(*data_list), timezone.get_current_timezone()
        self.odd = why_odd(wall, zone)
        return to_instant(wall, zone)


class OrderForm(forms.ModelForm):
    client_name = words(_("Client name"), 255)
    address = words(
        _("Address"), 500, _("The same name and address, to the last comma, is the same location; else a new one.")
    )
    contact_phone = words(_("Contact phone"), 255, required=False, kind="tel")
    contact_email = words(_("Contact e-mail"), 255, required=False, kind="email")
    subtotal = words(_("Subtotal"), 40, required=False, kind="decimal")
    discount = words(_("Discount"), 40, required=False, kind="decimal")
    total = words(_("Total to pay"), 40, required=False, kind="decimal")
    new_stage = forms.ModelChoiceField(
        Stage.objects.all(), label=_("Move to"), required=False, widget=UnfoldAdminSelectWidget()
    )
    do_not_notify = forms.BooleanField(
        label=_("Do not notify about this move"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    currency = words(_("Currency"), 10, required=False)
    placed_at = Moment(label=_("Placed"), initial=timezone.now)
    accepted_at = Moment(
        label=_("Accepted"), required=False, help_text=_("The time promised counts from here; empty: from placing.")
    )
    # The page remembers the arrival it showed, so that one saved from an old page does not undo a rescheduling.
    planned_arrival = Moment(label=_("Planned arrival"), required=False, show_hidden_initial=True)

    class Meta:
        model = Order
        exclude = ["client", "location", "source"]  # noqa: DJ006 the page's fieldsets name its fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_stage" not in self.fields:  # somebody who may only look
            return
        order = self.instance
        new_stage = self.fields["new_stage"]
        assert isinstance(new_stage, forms.ModelChoiceField)
        if order.pk:
            new_stage.empty_label = _("stay in “%(stage)s”") % {"stage": order.stage}
            self.fields["client_name"].initial = order.location.client_name
            self.fields["address"].initial = order.location.address
        else:
            new_stage.label = _("Stage")
            new_stage.empty_label = _("the first stage")

    def clean_client_name(self) -> str:
        return tidy(self.cleaned_data["client_name"])

    def clean_address(self) -> str:
        return tidy(self.cleaned_data["address"])

    def clean_number(self) -> str:
        number = tidy(self.cleaned_data["number"])
        twins = Order.objects.filter(source=self.instance.source, number=number).exclude(pk=self.instance.pk)
        if number and twins.exists():
            raise forms.ValidationError(_("There is already an order with the number “%(n)s”."), params={"n": number})
        return number

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        for name in MOMENTS:  # one that comes twice looks the same both times: what nobody typed stays as it is
            if self.instance.pk and name in data and name not in self.changed_data:
                data[name] = getattr(self.instance, name)
        place = Lookups.load().place(data.get("department"))
        for name in READERS:
            if name in data:
                data[name] = self.read(name, data[name], place)
        if "total" in data and data["total"] is None:
            data["total"] = self.total_of(data.get("subtotal"), data.get("discount"))
        if data.get("total") is not None and not data.get("currency"):
            data["currency"] = place.currency
        if not self.instance.pk and not Stage.objects.exists():
            raise forms.ValidationError(_("There is no stage yet: make the first one under Settings, Stages."))
        return data

    def total_of(self, subtotal: Decimal | None, discount: Decimal | None) -> Decimal | None:
        """What is to be paid, where only the parts of it are typed (B22)."""
        if subtotal is None:
            return None
        if discount is not None and discount > subtotal:
            self.add_error("discount", _("The discount is more than the subtotal."))
            return None
        return subtotal - (discount or 0)

    def odd_times(self) -> list[Reason]:
        """A word on each time that was typed for an hour that clocks pass over or go through twice."""
        typed = [self.fields[name] for name in MOMENTS if name in self.changed_data]
        return [field.odd for field in typed if isinstance(field, Moment) and field.odd]

    def read(self, name: str, text: str, place: Place) -> Any:
        """The field's value as an import would read it; what it refuses stands under the field."""
        empty = "" if name == "currency" or name.startswith("contact_") else None
        try:
            return READERS[name](text, place) if text else empty
        except CellRefused as refused:
            self.add_error(name, str(refused.reason))
            return empty

    def settle_place(self) -> tuple[Location, Client]:
        """Where the order goes and whose it is, as an import would find it (decision 6)."""
        data = self.cleaned_data
        values = {"clientName": data["client_name"], "address": data["address"]}
        contacts = {"contactPhone": data["contact_phone"], "contactEmail": data["contact_email"]}
        values |= {header: value for header, value in contacts.items() if value}
        return settle_now(values, self.instance if self.instance.pk else None)
