"""Files that once went wrong, each through the page, with its right value."""

import datetime

import pytest

from locations.models import Company
from messaging.robots.models import RobotStep
from orders.models import Order
from tests.imports.sending import counts, fault, faults, notes, send, upload
from tests.makers import make_department, make_gateway, make_robot

UTC = datetime.UTC


@pytest.fixture(autouse=True)
def company(alice):
    Company.objects.update_or_create(pk=1, defaults={"country": "PL", "time_zone": "Europe/Warsaw", "currency": "PLN"})
    make_department(name="Moskva", country="RU", time_zone="Europe/Moscow", currency="RUB")


def numbers():
    return sorted(Order.objects.values_list("number", flat=True))


def refused(run):
    """Order numbers by position: rows are numbered from 2."""
    return sorted({row for row, _column, _sentence in faults(run)})


def by_number(name):
    return dict(Order.objects.values_list("number", name))


def test_it_reads_amounts_or_refuses_them(page):
    run = send(page, fault("cell_amounts"))
    totals = {number: str(total) for number, total in by_number("total").items()}
    assert totals == {
        "AM-01": "1234.50",
        "AM-02": "1234.50",
        "AM-03": "1234.50",
        "AM-04": "1234.50",
        "AM-05": "0.00",
        "AM-11": "110.00",
        "AM-12": "110.00",
        "AM-17": "12345.60",
        "AM-18": "1234567.89",
        "AM-22": "5.50",
    }
    assert {column for row, column, _sentence in faults(run) if row == 24} == {"currency"}


def test_it_reads_dates_or_refuses_them(page):
    run = send(page, fault("cell_dates"))
    placed = by_number("placed_at")
    assert placed["DT-04"] == datetime.datetime(2026, 4, 1, 7, 5, 26, tzinfo=UTC)
    assert placed["DT-01"] == placed["DT-03"] == placed["DT-10"] == datetime.datetime(2026, 4, 1, 7, 5, tzinfo=UTC)
    today = datetime.datetime.now(UTC).date()
    assert placed["DT-11"].date() == placed["DT-12"].date() == today
    assert 14 in refused(run)
    assert "DT-13" not in placed


def test_arrivals_around_the_clock_change_are_instants(page):
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False)
    send(page, fault("cell_arrivals_around_the_clock_change"))
    due = dict(RobotStep.objects.values_list("order__number", "due_at"))
    assert due["CLK-1"] == datetime.datetime(2027, 3, 28, 0, 45, tzinfo=UTC)
    assert due["CLK-2"] == datetime.datetime(2027, 10, 31, 1, 45, tzinfo=UTC)
    assert due["CLK-3"] == datetime.datetime(2027, 3, 28, 9, 30, tzinfo=UTC)
    assert counts(send(page, fault("cell_arrivals_around_the_clock_change"))) == (0, 0, 3, 0)


def test_letters_in_a_phone_are_no_digits(page):
    run = send(page, fault("cell_phones_with_words_ru"))
    phones = {number: phone.as_e164 for number, phone in by_number("contact_phone").items()}
    assert phones == {"PR-4": "+79161234567"}
    said = {row: sentence for row, _column, sentence in faults(run)}
    assert all("has letters" in said[row] for row in (2, 3, 6, 8))
    assert all("more than one phone number" in said[row] for row in (4, 7))


@pytest.mark.parametrize(
    ("name", "encoding", "first"),
    [
        ("enc_cp866_1c_dos", "cp866", "Павел Щербаков"),
        ("enc_koi8r", "koi8_r", "Павел Щербаков"),
        ("enc_iso8859_2_allegro", "iso8859_2", "Małgorzata Wąsik"),
        ("enc_cp1250_only_an_initial", "cp1250", "J. Nowak"),
    ],
)
def test_it_reads_every_encoding(page, name, encoding, first):
    run = send(page, fault(name))
    assert run.layout["encoding"] == encoding
    assert Order.objects.order_by("pk").first().location.client_name == first
    if name == "enc_cp1250_only_an_initial":
        assert Order.objects.order_by("pk").last().location.client_name == "Ł. Kowalski"


def test_a_row_with_too_many_cells_is_refused_though_the_last_is_empty(page):
    run = send(page, fault("row_unquoted_commas_hidden_by_a_blank"))
    assert (refused(run), numbers()) == ([2, 3, 4], [])
    assert "6 cells, the header 5" in faults(run)[0][2]


def test_an_open_quotation_mark_swallows_no_order(page):
    run = send(page, fault("row_open_quote_swallows_the_next"))
    assert (refused(run), numbers()) == ([2], ["RQ-2", "RQ-3"])


def test_a_spreadsheets_guards_are_no_part_of_a_number(page):
    send(page, fault("row_excel_text_guards"))
    assert numbers() == ["000123", "000124", "000125"]
    assert {phone.as_e164 for phone in by_number("contact_phone").values()} == {
        "+48501234567",
        "+48502345678",
        "+48503456789",
    }


@pytest.mark.parametrize("name", ["hdr_line_break_in_a_header", "hdr_header_ends_with_separators"])
def test_it_reads_headers_as_spreadsheets_write_them(page, name):
    run = upload(page, fault(name))
    assert counts(run) == (2, 0, 0, 0)
    if "line_break" in name:
        assert run.layout["unknown"] == ["comment for the courier"]
        assert run.chunks.get().rows[0][0] == 3


def test_a_bare_date_promises_no_time(page):
    content = (
        b"orderNumber;clientName;address;placedAt;promisedMinutes\n1;Jan;Polna 1;01.04.2026;45\n2;Jan;Polna 1;;45\n"
    )
    run = send(page, content)
    assert by_number("promised_minutes") == {"1": None, "2": 45}
    assert "no time of day" in notes(run)[0]


@pytest.mark.parametrize(
    ("cell", "instant", "word"),
    [
        ("28.03.2027 02:30", datetime.datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "does not exist"),
        ("31.10.2027 02:30", datetime.datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "comes twice"),
    ],
)
def test_it_says_how_it_reads_a_time_when_clocks_change(page, cell, instant, word):
    content = f"orderNumber;clientName;address;plannedArrival\n1;Jan;Polna 1;{cell}\n".encode()
    run = send(page, content)
    assert by_number("planned_arrival") == {"1": instant}
    assert word in notes(run)[0]
    assert counts(send(page, content)) == (0, 0, 1, 0)
