"""Placeholders about the order, its delivery and the department that makes it (B22-B26, C18, C19)."""

import datetime
import zoneinfo
from decimal import Decimal
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from phonenumber_field.phonenumber import PhoneNumber

from locations.models import Company
from locations.values.languages import spoken
from orders.models import Order, PaymentType

from .models import TemplateUse
from .placeholders import EVERY_USE, Context, Group, placeholder

OF_AN_ORDER = {TemplateUse.ORDER, TemplateUse.SERVICE, TemplateUse.BONUS}
RELATED = ("stage", "client__company", "location", "department")
"""What an order's context needs loaded: `Order.objects.select_related(*RELATED)`."""


def order_context(order: Order, company: Company, language: str, now: datetime.datetime | None = None) -> Context:
    """What placeholders get about an order loaded with `RELATED`; `now` is the moment the text is filled for."""
    return {
        "order": order,
        "client": order.client,
        "location": order.location,
        "department": order.department,
        "company": company,
        "language": language,
        "time_zone": order.zone_name(company),
        "now": now or timezone.now(),
    }


def spoken_time(moment: datetime.datetime | None, context: Context) -> str:
    """`today 12:45`, or with the date when it is another day, by the customer's clock. "" for None."""
    if moment is None:
        return ""
    zone = zoneinfo.ZoneInfo(context["time_zone"])
    local = moment.astimezone(zone)
    language = context["language"]
    clock = f"{local:%H:%M}"
    if local.date() == (context.get("now") or timezone.now()).astimezone(zone).date():
        return f"{spoken(language).today} {clock}"
    return f"{spoken_date(local.date(), language)} {clock}"


def spoken_date(day: datetime.date, language: str) -> str:
    """`5 Mar 2026` in English, 05.03.2026 in the languages that write it so."""
    with override(language):
        return dateformat.format(day, spoken(language).date)


@lru_cache(maxsize=1000)
def _spaced(e164: str) -> str:
    """+48 22 123 45 67: a department's number is put into thousands of messages, and formatting is slow."""
    return str(PhoneNumber.from_string(e164))


@placeholder(
    label=_("Order number"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample="A-1042",
    synonyms=["<<nrZamowienia>>", ":ID:"],
    also_called="id, order, order id, order no, number, no, nr, zamowienie, numer, numer zamowienia"
    ", заказ, номер, номер заказа, замовлення, номер замовлення",
)
def order_number(context: Context) -> str:
    return context["order"].number


@placeholder(
    label=_("Total to pay, after discount"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample="90.00",
    synonyms=["<<wartoscZamowienia>>"],
    also_called="amount, sum, price, order total, total price, kwota, suma, do zaplaty, wartosc"
    ", сумма, сума, к оплате, до сплати",
)
def total(context: Context) -> str:
    amount: Decimal | None = context["order"].total
    return "" if amount is None else f"{amount:.2f}"


@placeholder(label=_("Currency"), group=Group.ORDER, uses=OF_AN_ORDER, sample="PLN", also_called="waluta, валюта")
def currency(context: Context) -> str:
    department = context.get("department")
    return context["order"].currency or (department and department.currency) or context["company"].currency


@placeholder(label=_("Total to pay with currency"), group=Group.ORDER, uses=OF_AN_ORDER, sample="90.00 PLN")
def total_with_currency(context: Context) -> str:
    amount = total(context)
    return f"{amount} {currency(context)}" if amount else ""


@placeholder(
    label=_("Kind of payment"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample=lambda language: language.payments[PaymentType.CASH],
    synonyms=["<<rodzPlatnosci>>"],
    also_called="payment, payment method, platnosc, оплата",
)
def payment_type(context: Context) -> str:
    written = context["order"].payment_type
    return spoken(context["language"]).payments.get(written, written)


@placeholder(
    label=_("What was ordered"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample="2 x pizza, cola",
    also_called="products, items, goods, order items, produkty, pozycje, товары, состав, товари",
)
def contents(context: Context) -> str:
    return context["order"].contents


@placeholder(
    label=_("Stage"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample="On the way",
    also_called="status, state, order status, статус",
)
def stage(context: Context) -> str:
    return context["order"].stage.name


@placeholder(
    label=_("Day it was placed"),
    group=Group.ORDER,
    uses=OF_AN_ORDER,
    sample=lambda language: spoken_date(datetime.date(2026, 3, 5), language.code),
    also_called="date, data, data zamowienia, created at, дата, дата заказа",
)
def order_date(context: Context) -> str:
    zone = zoneinfo.ZoneInfo(context["time_zone"])
    return spoken_date(context["order"].placed_at.astimezone(zone).date(), context["language"])


@placeholder(
    label=_("Promised date and time"),
    group=Group.DELIVERY,
    uses=OF_AN_ORDER,
    sample=lambda language: f"{language.today} 12:45",
    synonyms=["<<czasDostawy>>"],
    also_called="time, delivery date, czas, godzina, czas dostawy, время, время доставки, час",
)
def delivery_time(context: Context) -> str:
    return spoken_time(context["order"].predicted_at, context)


@placeholder(
    label=_("Promised within, minutes"),
    group=Group.DELIVERY,
    uses=OF_AN_ORDER,
    sample="45",
    synonyms=["<<czasRealizacji>>"],
    also_called="minutes, minuty, czas realizacji, минуты, хвилини",
)
def promised_minutes(context: Context) -> str:
    minutes = context["order"].promised_minutes
    return "" if minutes is None else str(minutes)


@placeholder(
    label=_("Planned arrival, date and time"),
    group=Group.DELIVERY,
    uses=OF_AN_ORDER,
    sample=lambda language: f"{language.today} 14:30",
    also_called="eta, arrival, arrival time, przyjazd, прибытие, прибуття",
)
def planned_arrival(context: Context) -> str:
    return spoken_time(context["order"].planned_arrival, context)


@placeholder(label=_("Minutes until arrival"), group=Group.DELIVERY, uses=OF_AN_ORDER, sample="30")
def minutes_to_arrival(context: Context) -> str:
    arrival = context["order"].planned_arrival
    if arrival is None:
        return ""
    ahead = arrival - (context.get("now") or timezone.now())
    return str(max(0, round(ahead.total_seconds() / 60)))


@placeholder(
    label=_("Delivery address"),
    group=Group.DELIVERY,
    uses=OF_AN_ORDER,
    sample="12 High Street",
    also_called="shipping address, delivery address, street, adres, ulica, adres dostawy, адрес, адреса",
)
def address(context: Context) -> str:
    return context["location"].address


@placeholder(
    label=_("Name of the department"),
    group=Group.COMPANY,
    uses=OF_AN_ORDER,
    sample="Centre",
    also_called="department, shop, shop name, store, store name, restaurant, sklep, restauracja, магазин, ресторан",
)
def department_name(context: Context) -> str:
    department = context.get("department")
    return department.name if department else ""


@placeholder(
    label=_("Phone of the department"),
    group=Group.COMPANY,
    uses=OF_AN_ORDER,
    sample="+44 20 7946 0018",
    synonyms=[":Tel:"],
    also_called="phone, telephone, tel, shop phone, telefon, телефон",
)
def department_phone(context: Context) -> str:
    department = context.get("department")
    phone = department and department.phone
    return _spaced(phone.as_e164) if isinstance(phone, PhoneNumber) else ""  # its truth would format it first


@placeholder(
    label=_("Name of the company"),
    group=Group.COMPANY,
    uses=EVERY_USE,
    sample="Gonets",
    also_called="company, brand, sender, firma, компания, компанія",
)
def company_name(context: Context) -> str:
    return context["company"].name
