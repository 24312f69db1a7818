"""What each placeholder says about a real order (B22-B26, C15-C19)."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from locations.models import Company, Gender
from messaging.texts.order_placeholders import RELATED, order_context
from messaging.texts.placeholders import TemplateUse, allowed_in
from messaging.texts.rendering import render
from orders.models import Order
from tests.makers import make_client, make_department, make_location, make_order

pytestmark = pytest.mark.django_db
NOON_IN_WARSAW = datetime.datetime(2026, 3, 5, 11, tzinfo=datetime.UTC)


def said(body, order, language="en"):
    order = Order.objects.select_related(*RELATED).get(pk=order.pk)
    return render(body, order_context(order, Company.current(), language))


def order_of(**client):
    return make_order(make_location(make_client(**client)))


def test_it_fills_the_jagatiq_variables():
    order = make_order(
        number="7/2026",
        subtotal=Decimal(100),
        discount=Decimal(10),
        total=Decimal(90),
        promised_minutes=45,
        payment_type="cash",
        placed_at=NOON_IN_WARSAW,
    )
    with time_machine.travel(NOON_IN_WARSAW, tick=False):
        text = said("<<nrZamowienia>>: <<wartoscZamowienia>>, <<czasRealizacji>>, <<czasDostawy>>", order)
    assert text == "7/2026: 90.00, 45, today 12:45"


def test_it_counts_the_promised_time_from_acceptance():
    accepted = NOON_IN_WARSAW + datetime.timedelta(minutes=15)
    order = make_order(promised_minutes=45, placed_at=NOON_IN_WARSAW, accepted_at=accepted)
    with time_machine.travel(NOON_IN_WARSAW, tick=False):
        assert said("{delivery_time}", order) == "today 13:00"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "6 Mar 2026 00:15"), ("pl", "06.03.2026 00:15"), ("ru", "06.03.2026 00:15"), ("uk", "06.03.2026 00:15")],
)
def test_it_gives_the_next_date_across_midnight(language, words):
    late = datetime.datetime(2026, 3, 5, 22, 30, tzinfo=datetime.UTC)
    order = make_order(promised_minutes=45, placed_at=late)
    with time_machine.travel(late, tick=False):
        assert said("{delivery_time}", order, language) == words


@pytest.mark.parametrize(
    ("location_zone", "department_zone", "clock"),
    [("Europe/Kyiv", "Europe/London", "13:45"), ("", "Europe/London", "11:45"), ("", "", "12:45")],
)
def test_it_tells_time_by_the_customers_clock(location_zone, department_zone, clock):
    order = make_order(
        make_location(time_zone=location_zone),
        department=make_department(time_zone=department_zone),
        promised_minutes=45,
        placed_at=NOON_IN_WARSAW,
    )
    with time_machine.travel(NOON_IN_WARSAW, tick=False):
        assert said("{delivery_time}", order) == f"today {clock}"


def test_it_tells_the_arrival_and_the_minutes_until_it():
    order = make_order(planned_arrival=NOON_IN_WARSAW + datetime.timedelta(minutes=30))
    with time_machine.travel(NOON_IN_WARSAW + datetime.timedelta(minutes=4, milliseconds=200), tick=False):
        assert said("{planned_arrival}, {minutes_to_arrival} min", order, "pl") == "dzisiaj 12:30, 26 min"


@pytest.mark.parametrize(
    ("written", "language", "words"),
    [
        ("cash", "en", "cash"),
        ("cash", "pl", "gotówka"),
        ("card", "ru", "карта"),
        ("transfer", "uk", "банківський переказ"),
        ("Blik", "pl", "Blik"),
    ],
)
def test_it_names_the_payment_in_the_messages_language(written, language, words):
    assert said("<<rodzPlatnosci>>", make_order(payment_type=written), language) == words


@pytest.mark.parametrize(
    ("gender", "language", "words"),
    [
        (Gender.MALE, "ru", "Уважаемый"),
        (Gender.FEMALE, "ru", "Уважаемая"),
        (Gender.UNKNOWN, "ru", "Уважаемый(ая)"),
        (Gender.FEMALE, "uk", "Шановна"),
        (Gender.MALE, "pl", "Szanowny Panie"),
        (Gender.FEMALE, "pl", "Szanowna Pani"),
        (Gender.UNKNOWN, "en", "Dear"),
    ],
)
def test_it_addresses_the_client_by_gender(gender, language, words):
    assert said(":Уваж:", order_of(gender=gender), language) == words


def test_it_fills_the_itigris_abbreviations():
    client = make_client(first_name="Анна", patronymic="Ивановна", gender=Gender.FEMALE)
    order = make_order(make_location(client), number="55", department=make_department(phone="+48221234567"))
    text = said(":Уваж: :И: :О:, заказ :ID: готов. Тел. :Tel:", order, "ru")
    assert text == "Уважаемая Анна Ивановна, заказ 55 готов. Тел. +48 22 123 45 67"


def test_it_leaves_no_trace_of_a_missing_patronymic():
    text = said(":Уваж: :И: :О:, заказ готов.", order_of(first_name="Анна", gender=Gender.FEMALE), "ru")
    assert text == "Уважаемая Анна, заказ готов."


@pytest.mark.parametrize(
    ("own", "of_department", "words"), [("EUR", "UAH", "5.50 EUR"), ("", "UAH", "5.50 UAH"), ("", "", "5.50 PLN")]
)
def test_it_adds_the_currency_of_the_order_department_or_company(own, of_department, words):
    order = make_order(total=Decimal("5.5"), currency=own, department=make_department(currency=of_department))
    assert said("{total_with_currency}", order) == words


def test_it_says_nothing_where_nothing_is_known():
    bare = make_order(number="")
    for known in allowed_in(TemplateUse.ORDER):
        assert "None" not in said(known.canonical, bare)


def test_it_never_asks_the_database(django_assert_num_queries):
    company = make_client(kind="company", name="Firma")
    order = make_order(
        make_location(make_client(first_name="Anna", company=company)),
        department=make_department(phone="+48221234567"),
        total=Decimal(90),
        promised_minutes=45,
        planned_arrival=NOON_IN_WARSAW,
    )
    order = Order.objects.select_related(*RELATED).get(pk=order.pk)
    context = order_context(order, Company.current(), "pl")
    with django_assert_num_queries(0):
        text = render("\n".join(known.canonical for known in allowed_in(TemplateUse.ORDER)), context)
    assert "Firma" in text


def test_it_fills_campaigns_and_bonuses_from_ready_values():
    campaign = {"promotion_name": "Wiosna", "promo_code": "W-7"}
    assert render("<<nazwaPromocji>>: <<kodPromocyjny>>", campaign) == "Wiosna: W-7"
    bonus = {
        "language": "ru",
        "bonus_accrued": 150,
        "bonus_balance": 620,
        "bonus_expiring": 20,
        "bonus_expiry_date": datetime.date(2026, 12, 31),
    }
    body = "+:НачисленоБонусов:, всего :БалансБонусов:, сгорит :СгораетБонусов: :ДатаСгорания:"
    assert render(body, bonus) == "+150, всего 620, сгорит 20 31.12.2026"
