"""What a cell means, and the sentence when it means nothing: through the command, on orders stored."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from locations.models import Client, Company, DeliveryZone, Location
from orders.models import Order
from tests.imports.sending import run_command, table
from tests.makers import make_department, make_stages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company():
    make_stages()
    Company.objects.update_or_create(pk=1, defaults={"country": "PL", "time_zone": "Europe/Warsaw", "currency": "PLN"})


def imported(folder, **row):
    said = run_command(folder, table(row))
    assert said[-1] == "1 created, 0 updated, 0 unchanged, 0 refused", said
    return Order.objects.get()


def refusal(folder, **row):
    said = run_command(folder, table(row))
    assert said[-1] == "0 created, 0 updated, 0 unchanged, 1 refused", said
    assert not Order.objects.exists()
    assert not Location.objects.exists()
    assert not Client.objects.exists()
    return said[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1234,50", "1234.50"),
        ("1 234,5", "1234.50"),
        ("1\u00a0234.50", "1234.50"),
        ("1\u202f234", "1234.00"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1'234'567.89", "1234567.89"),
        ("0", "0.00"),
    ],
)
def test_it_reads_amounts(tmp_path, cell, value):
    order = imported(tmp_path, total=cell)
    assert (order.total, order.currency) == (Decimal(value), "PLN")


@pytest.mark.parametrize("cell", ["1,234", "-5", "12 zł", "1e3", "NaN", "=1+1", "1.2.3", "١٢", "5,"])
def test_it_refuses_what_is_no_amount(tmp_path, cell):
    assert refusal(tmp_path, total=cell) == (
        f"Row 2, total: “{cell}” is not an amount: write it like 1234.50 or 1 234,50, without a currency."
    )


def test_it_refuses_an_amount_that_does_not_fit(tmp_path):
    assert refusal(tmp_path, total="12345678901") == "Row 2, total: “12345678901” is too large an amount."


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("31.03.2026 14:30", 12),
        ("31.3.2026 14:30:00", 12),
        ("2026-03-31 14:30", 12),
        ("2026-03-31T14:30:00", 12),
        ("2026-03-31T14:30:00Z", 14),
        ("2026-03-31T14:30:00+03:00", 11),
        ("31.01.2026 14:30", 13),
    ],
)
def test_it_reads_times_in_the_companys_zone(tmp_path, cell, hour):
    assert imported(tmp_path, placedAt=cell).placed_at.astimezone(datetime.UTC).strftime("%H:%M") == f"{hour}:30"


def test_it_reads_times_and_phones_as_the_department_does(tmp_path):
    make_department(name="Вода", country="RU", time_zone="Europe/Moscow", currency="RUB")
    order = imported(
        tmp_path, department="вода", placedAt="31.03.2026 14:30", contactPhone="8 (916) 123-45-67", total="5"
    )
    assert order.placed_at == datetime.datetime(2026, 3, 31, 11, 30, tzinfo=datetime.UTC)
    assert (str(order.contact_phone.as_e164), order.currency) == ("+79161234567", "RUB")


@pytest.mark.parametrize("cell", ["31.13.2026", "2026-02-30 12:00", "tomorrow", "03/31/2026", "45231.5", "31.03.1026"])
def test_it_refuses_what_is_no_time(tmp_path, cell):
    assert refusal(tmp_path, placedAt=cell) == (
        f"Row 2, placedAt: “{cell}” is not a date and time: write it like 2026-03-31 14:30 or 31.03.2026 14:30."
    )


def test_it_wants_the_time_of_day_of_an_arrival(tmp_path):
    assert "has no time of day" in refusal(tmp_path, plannedArrival="31.03.2026")


@pytest.mark.parametrize("cell", ["501 234 567", "+48 501-234-567", "0048501234567", "'+48501234567", "tel. 501234567"])
def test_it_reads_phones(tmp_path, cell):
    order = imported(tmp_path, contactPhone=cell)
    assert str(order.contact_phone.as_e164) == "+48501234567"


@pytest.mark.parametrize("cell", ["4.8501E+10", "4,8501E+10", "4E10"])
def test_it_refuses_phones_that_a_spreadsheet_shortened(tmp_path, cell):
    assert refusal(tmp_path, contactPhone=cell) == (
        f"Row 2, contactPhone: “{cell}” is a number that a spreadsheet shortened, its last digits are lost: format the "
        "column as text, enter the phones again and export the file once more."
    )


def test_it_refuses_phones_that_are_none(tmp_path):
    assert refusal(tmp_path, contactPhone="12") == (
        "Row 2, contactPhone: “12” is not a phone number in PL: write it like +48 512 345 678."
    )
    assert "more than one phone number" in refusal(tmp_path, contactPhone="501 234 567, 502 345 678")


@pytest.mark.parametrize("cell", ["address@domain.ru", "a-1@b-2.ru"])
def test_it_keeps_the_email_of_an_order(tmp_path, cell):
    assert imported(tmp_path, contactEmail=cell).contact_email == cell


def test_it_does_without_an_email(tmp_path):
    assert imported(tmp_path).contact_email == ""


@pytest.mark.parametrize("cell", ["адрес@domain.ru", "a b@domain.ru", "domain.ru", "a@домен.рф"])
def test_it_refuses_emails_that_are_none(tmp_path, cell):
    assert refusal(tmp_path, contactEmail=cell).startswith("Row 2, contactEmail: “")


@pytest.mark.parametrize(
    ("header", "limit"),
    [("clientName", 255), ("address", 500), ("orderNumber", 64), ("clientId", 64), ("paymentType", 50)],
)
def test_it_refuses_texts_that_do_not_fit(tmp_path, header, limit):
    said = refusal(tmp_path, **{header: "Д" * (limit + 1)})
    assert said == f"Row 2, {header}: The text has {limit + 1} characters, at most {limit} fit: shorten it."
    imported(tmp_path, **{header: "Д" * limit})


@pytest.mark.parametrize("header", ["orderNumber", "clientName", "address"])
def test_it_refuses_a_row_without_what_every_order_needs(tmp_path, header):
    assert refusal(tmp_path, **{header: " "}) == f"Row 2, {header}: The cell is empty; every order needs it."


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("fulfilment", {"dostawa": "delivery", "Самовывоз": "pickup", "dine-in": "dine_in", "з доставкою": "delivery"}),
        ("paymentType", {"Gotówka": "cash", "картой": "card", "bank transfer": "transfer", "Blik": "Blik"}),
        ("currency", {"zł": "PLN", "руб.": "RUB", "eur": "EUR", "₴": "UAH"}),
    ],
)
def test_it_understands_four_languages(tmp_path, header, cells):
    field = {"paymentType": "payment_type"}.get(header, header)
    for cell, value in cells.items():
        assert getattr(imported(tmp_path, **{header: cell}), field) == value
        Order.objects.all().delete()


def test_it_fills_the_clients_card(tmp_path):
    order = imported(
        tmp_path,
        clientId="77",
        firstName="Анна",
        patronymic="Петровна",
        lastName="Новак",
        gender="Ж",
        language="русский",
        company="ООО «Ромашка»",
        contactPhone="501234567",
        contactEmail="a@example.com",
    )
    client = order.client
    assert (client.external_id, client.first_name, client.patronymic, client.last_name) == (
        *("77", "Анна", "Петровна"),
        "Новак",
    )
    assert (client.gender, client.language, client.company.name, client.company.kind) == (
        *("female", "ru", "ООО «Ромашка»"),
        "company",
    )
    assert sorted(client.contact_points.values_list("kind", "value")) == [
        ("email", "a@example.com"),
        ("phone", "+48501234567"),
    ]


def test_it_puts_zone_and_district_on_the_location(tmp_path):
    north = DeliveryZone.objects.create(name="North")
    imported(tmp_path, zone="north", district="Old Town")
    assert Location.objects.values_list("zone", "district").get() == (north.pk, "Old Town")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"stage": "Flying"}, "There is no stage “Flying”. There are: New, Preparing, Ready, On the way, Delivered, "),
        ({"department": "Moon"}, "There is no department “Moon”. None is set up yet."),
        ({"zone": "Moon"}, "There is no delivery zone “Moon”. None is set up yet."),
        ({"gender": "x"}, "“x” is not a gender: write male or female, or leave the cell empty."),
        ({"language": "xx"}, "“xx” is not a language of ours: write en, pl, ru or uk."),
        ({"fulfilment": "by pigeon"}, "“by pigeon” is not a kind of fulfilment: write delivery, pickup or dine_in."),
        ({"currency": "dollars"}, "“dollars” is not a currency: write three letters like PLN."),
        ({"promisedMinutes": "45.5"}, "“45.5” is not a number of minutes: write a whole number like 45."),
        ({"promisedMinutes": "-1"}, "“-1” is not a number of minutes: write a whole number like 45."),
    ],
)
def test_it_says_what_can_be_written_instead(tmp_path, row, sentence):
    (header,) = row
    assert refusal(tmp_path, **row).startswith(f"Row 2, {header}: {sentence}")


def test_it_tells_every_fault_of_a_row(tmp_path):
    said = run_command(tmp_path, table({"total": "x", "contactPhone": "1", "stage": "y"}, {"total": "5"}))
    assert [line.split(":")[0] for line in said[:-1]] == ["Row 2, total", "Row 2, contactPhone", "Row 2, stage"]
    assert said[-1] == "1 created, 0 updated, 0 unchanged, 1 refused"


def test_it_keeps_a_formula_as_text(tmp_path):
    formula = '=HYPERLINK("http://example.com";"x")'
    order = imported(tmp_path, clientName=formula, comment="@SUM(A1)")
    assert (order.location.client_name, order.comment) == (formula, "@SUM(A1)")


def test_it_keeps_what_an_empty_cell_does_not_say(tmp_path):
    imported(tmp_path, total="5", comment="ring", placedAt="31.03.2026 14:30")
    said = run_command(tmp_path, table({"total": "", "comment": "", "placedAt": ""}))
    assert said == ["0 created, 0 updated, 1 unchanged, 0 refused"]


def test_it_takes_now_where_no_time_of_placing_is_given(tmp_path):
    assert abs(imported(tmp_path).placed_at - timezone.now()) < datetime.timedelta(minutes=1)
