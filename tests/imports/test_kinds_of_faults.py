"""Refused rows by kind, as they are mended; worded for whoever looks, in their language and on their clock."""

import csv
import re

import pytest
from django.conf import settings as of_django
from django.db import connection
from django.urls import reverse

from locations.models import Company
from locations.values.reasons import Reason, kind_of
from orders.imports.models import Import
from orders.imports.running.upload import CHUNK_ROWS
from orders.models import Order
from orders.moves import reschedule_orders
from tests.imports.sending import counts, faults, press, run_tasks, send, table, upload
from tests.makers import make_stages

PHONES = [{"contactPhone": "12"}] * 3
ROWS = [*PHONES, {"total": "x"}, {"total": "5"}, {"total": "y", "contactPhone": "13"}, {"contactEmail": "anna"}]


def shown(page, run, **query):
    return page.get(reverse("admin:imports_import_change", args=[run.pk]), query).content.decode()


def downloaded(page, run, **query):
    content = page.get(reverse("admin:imports_import_refused", args=[run.pk]), query).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(content.splitlines(), delimiter=";"))


def test_refused_cells_are_counted_by_kind_the_most_frequent_first(page):
    run = upload(page, table(*ROWS))
    assert run.preview["faults"] == {"imports.no_phone": 4, "imports.no_amount": 2, "imports.no_email": 1}
    html = shown(page, run)
    assert html.index("<b>4 ×</b> Not a phone number.") < html.index("<b>2 ×</b> Not an amount.")
    assert 'href="?reason=imports.no_phone#refused"' in html
    press(page, "commit", run)
    run_tasks()
    run.refresh_from_db()
    assert run.report["faults"] == run.preview["faults"]


def test_one_kind_is_shown_and_downloaded_by_itself(page):
    run = send(page, table(*ROWS))
    html = shown(page, run, reason="imports.no_amount")
    assert html.count("is not an amount") == 2
    assert "is not a phone number" not in html
    assert re.search(r'aria-current="true">\s*<b>2 ×</b> Not an amount.', html)
    given = downloaded(page, run, reason="imports.no_amount")
    assert [row["orderNumber"] for row in given] == ["A-4", "A-6"]
    assert "Row 7, contactPhone: “13” is not a phone number in PL" in given[1]["problem"]  # all that is wrong with it
    assert len(downloaded(page, run)) == 6


def test_a_kind_of_the_last_rows_is_found_in_a_long_file(page):
    first = CHUNK_ROWS[connection.vendor]
    run = upload(page, table(*[{"total": "x"}] * first, *[{}] * first, {"total": "y", "stage": "Flying"}))
    assert run.preview["fault_chunks"] == {"imports.no_amount": [0, 2], "imports.no_stage": [2]}
    html = shown(page, run, reason="imports.no_stage")
    assert html.count("There is no stage “Flying”. There are: ") == 1
    assert "is not an amount" not in html


def test_a_kind_that_the_file_has_not_shows_nothing_and_the_way_back(page):
    html = shown(page, upload(page, table(*ROWS)), reason="imports.no_gender")
    assert "What is wrong" in html
    assert 'href="?#refused"' in html
    assert "is not an amount" not in html


@pytest.fixture
def polish(settings):
    """Pages in Polish too, for a browser that asks for it."""
    settings.LANGUAGES = of_django.MESSAGE_LANGUAGES
    return {"HTTP_ACCEPT_LANGUAGE": "pl"}


def test_a_fault_is_worded_for_whoever_looks(page, polish):
    run = upload(page, table({"contactEmail": "anna"}))
    assert run.chunks.get().refused == [[2, [["contactEmail", 'imports.no_email {"value": "anna"}']]]]
    address = reverse("admin:imports_import_change", args=[run.pk])
    assert "„anna” nie jest adresem e-mail" in page.get(address, **polish).content.decode()
    assert "“anna” is not an e-mail address" in page.get(address).content.decode()
    file = page.get(reverse("admin:imports_import_refused", args=[run.pk]), **polish).getvalue().decode()
    assert "„anna” nie jest adresem e-mail" in file


def test_a_file_that_is_sent_slowly_keeps_the_language_of_who_asked(page, polish):
    run = upload(page, table(*[{"contactEmail": "anna"}] * 2))
    slow = page.get(reverse("admin:imports_import_refused", args=[run.pk]), **polish).streaming_content
    first = [next(slow) for _line in range(3)]
    assert "“anna” is not" in shown(page, run)  # somebody else's page in between
    assert all("nie jest adresem" in line.decode() for line in [first[-1], *slow])


def test_a_time_in_a_remark_is_shown_on_the_clock_of_whoever_looks(page):
    make_stages()
    Company.objects.update_or_create(pk=1, defaults={"country": "PL", "time_zone": "Europe/Warsaw"})
    content = table({"plannedArrival": "01.06.2037 12:00"})
    send(page, content)
    order = Order.objects.get()
    reschedule_orders([(order, order.planned_arrival.replace(hour=11))])
    run = upload(page, content)
    (_row, _number, text) = run.preview["notes"][0]
    assert Reason(text).values["kept"] == {"at": "2037-06-01T11:00:00+00:00"}
    words = "planned_arrival {} kept: corrected by hand; the file says {} as before."
    assert words.format("01.06.2037 13:00", "01.06.2037 12:00") in shown(page, run)
    Company.objects.update(time_zone="Europe/Kyiv")
    assert words.format("01.06.2037 14:00", "01.06.2037 13:00") in shown(page, run)


def test_messages_that_do_not_follow_are_counted_by_the_title_of_their_reason(page):
    run = upload(page, table({}))
    reasons = {"imports.no_phone": 2, "SMS is switched off for this client.": 5}  # the latter of a version before
    Import.objects.filter(pk=run.pk).update(preview={**run.preview, "reasons": reasons})
    html = shown(page, run)
    assert f"<b>2</b> {kind_of('imports.no_phone').title}" in html
    assert "<b>5</b> SMS is switched off for this client." in html


def test_an_import_that_cannot_be_read_is_found_by_its_reason(page):
    run = upload(page, b"orderNumber;clientName\nA;b\n")
    assert Import.objects.get(problem__code="imports.lacks_column") == run
    assert counts(send(page, table({}))) == (1, 0, 0, 0)
    assert faults(run) == []
