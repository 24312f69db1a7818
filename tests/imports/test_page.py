"""The page: upload, look at what would happen, import, read the report."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.urls import reverse

from locations.models import Client, DeliveryZone, Location
from messaging.robots.models import RobotStep
from orders.imports.models import ExpectedClient, ExpectedLocation, Import, ImportState
from orders.imports.running.upload import CHUNK_ROWS
from orders.models import Order, StageChange
from tests.imports.sending import counts, faults, press, run_tasks, send, table, upload
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages

MIXED = table(
    {"contactEmail": "a@example.com", "contactPhone": "501234567"},
    {"clientName": "Ewa", "total": "x", "contactPhone": "12"},
    {"clientName": "Ola", "comment": "new words"},
    {"clientName": "Old", "address": "Old Street 1", "contactEmail": "other@example.com"},
    encoding="utf-8-sig",
)


def shown(page, run):
    answer = page.get(reverse("admin:imports_import_change", args=[run.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_what_would_happen_and_writes_nothing(page):
    make_order(make_location(client_name="Ola", address="Long Street 5"), source="file", number="A-3", comment="old")
    make_location(client_name="Old", address="Old Street 1", email="kept@example.com")
    run = upload(page, MIXED)
    assert (run.state, counts(run)) == (ImportState.CHECKED, (2, 1, 0, 1))
    assert Order.objects.count() == 1
    assert Location.objects.count() == 2
    html = shown(page, run)
    assert "UTF-8 (BOM)" in html
    assert "Import 3 orders" in html
    assert "“x” is not an amount" in html
    assert "<s>old</s> → <b>new words</b>" in html
    assert "The location keeps its e-mail kept@example.com; the order has other@example.com." in html
    assert "Anna Nowak</b> Long Street 5" in html


def test_it_names_row_and_column_of_every_fault(page):
    run = upload(page, MIXED)
    named = sorted((row, column) for row, column, _sentence in faults(run))
    assert named == [(3, "contactPhone"), (3, "total")]


def test_it_writes_and_the_report_stays(page, alice):
    run = send(page, MIXED)
    assert (run.state, counts(run), run.by) == (ImportState.DONE, (3, 0, 0, 1), alice)
    assert Order.objects.count() == 3
    assert set(StageChange.objects.values_list("by", flat=True)) == {alice.pk}
    html = shown(page, run)
    assert "Done: 3 created, 0 updated, 0 unchanged, 1 refused." in html
    assert "Download refused rows" in html
    listed = page.get(reverse("admin:imports_import_changelist")).content.decode()
    assert "orders.csv" in listed
    assert "3 created" in listed


def test_it_has_nothing_to_import_the_second_time(page):
    send(page, table({}, {"clientName": "Ewa"}))
    run = upload(page, table({}, {"clientName": "Ewa"}))
    assert counts(run) == (0, 0, 2, 0)
    assert "every order is already as the file has it" in shown(page, run)


@pytest.mark.parametrize(("answers", "will_follow"), [({}, 0), ({"notify": "on"}, 1)])
def test_it_foretells_the_messages_that_then_follow(page, answers, will_follow):
    make_gateway()
    make_robot(make_stages()["new"])
    content = table({"contactPhone": "501234567"}, {"clientName": "Nobody", "address": "Far"})
    run = upload(page, content, **answers)
    assert run.preview["will_follow"] == will_follow
    html = shown(page, run)
    assert f"{will_follow} message" in html
    assert ("is not ticked" in html) is not bool(answers)
    assert bool(run.preview["reasons"]) is bool(answers)
    press(page, "commit", run)
    run_tasks()
    assert RobotStep.objects.filter(order__contact_phone="+48501234567").count() == will_follow


def test_it_foretells_nothing_for_a_client_who_does_not_want_messages(page):
    make_gateway()
    make_robot(make_stages()["new"])
    make_location(make_client(allow_sms=False), client_name="Anna Nowak", address="Long Street 5")
    run = upload(page, table({"contactPhone": "501234567"}), notify="on")
    assert run.preview["will_follow"] == 0


def test_it_checks_again_when_an_answer_changes(page):
    make_gateway()
    make_robot(make_stages()["new"])
    run = upload(page, table({"contactPhone": "501234567"}))
    press(page, "answers", run, source="shop", notify="on")
    run_tasks()
    run.refresh_from_db()
    assert (run.state, run.source, run.notify) == (ImportState.CHECKED, "shop", True)
    assert (run.preview["created"], run.preview["will_follow"]) == (1, 1)


def test_it_counts_a_new_place_once_however_many_chunks_have_it(page):
    rows = [{"address": f"Street {number % 700}", "clientName": "Anna"} for number in range(1400)]
    rows[1399]["contactEmail"] = "late@example.com"
    run = upload(page, table(*rows))
    assert (run.preview["new_locations"], run.preview["updated_locations"]) == (700, 1)
    assert not ExpectedLocation.objects.exists()
    press(page, "commit", run)
    run_tasks()
    run.refresh_from_db()
    assert (run.report["new_locations"], run.report["updated_locations"]) == (700, 1)
    assert Location.objects.count() == 700


def test_a_new_place_that_every_chunk_describes_alike_is_not_updated(page):
    DeliveryZone.objects.create(name="North")
    rows = [{"clientName": "Anna", "address": "Street 1", "zone": "North", "district": "Old Town"}] * 2200
    rows[2199] = {**rows[0], "district": "New Town"}
    run = upload(page, table(*rows))
    assert (run.preview["new_locations"], run.preview["updated_locations"]) == (1, 1)
    press(page, "commit", run)
    run_tasks()
    run.refresh_from_db()
    assert (run.report["new_locations"], run.report["updated_locations"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04xl/workbook.xml", "spreadsheet in Excel"),
        (b"orderNumber;clientName\nA;b\n", "lacks the column address"),
        (b"orderNumber;clientName;address\n", "no orders below it"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(page, content, sentence):
    run = upload(page, content)
    assert (run.state, run.chunks.count()) == (ImportState.UNREADABLE, 0)
    html = shown(page, run)
    assert sentence in html
    assert "Nothing was written." in html


def test_it_does_not_read_a_file_that_is_too_large(page, settings):
    settings.IMPORT_MAX_MEGABYTES = 0
    assert "at most 0 MB are read at once" in str(upload(page, MIXED).problem)


def test_it_keeps_none_of_a_file_that_breaks_in_the_middle(page):
    header, row = "orderNumber;clientName;address\n", "{};Anna;Long Street\n"
    text = header + "".join(row.format(number) for number in range(600)) + "600;An\0na;x\n"
    run = upload(page, text.encode("utf-16"))
    assert (run.state, run.chunks.count(), run.row_count) == (ImportState.UNREADABLE, 0, 0)
    assert "Line 602 has a NUL character" in str(run.problem)


def test_it_asks_every_second_only_while_something_is_going_on(page):
    run = upload(page, table({}), check=False)
    progress = reverse("admin:imports_import_progress", args=[run.pk])
    assert 'hx-trigger="every 1s"' in page.get(progress).content.decode()
    run_tasks()
    assert "hx-trigger" not in page.get(progress).content.decode()


def test_it_says_when_no_worker_is_there(page, time_machine):
    caches["worker"].clear()
    time_machine.move_to("2026-03-31T12:00:00Z", tick=False)
    run = upload(page, table({}), check=False)
    time_machine.shift(10)
    assert "No worker is running" in shown(page, run)


def test_it_stops_when_cancelled(page):
    first = CHUNK_ROWS[connection.vendor]
    rows = first + 100
    run = upload(page, table(*[{}] * rows))
    press(page, "commit", run)
    run_tasks(1)
    run = press(page, "cancel", run)
    run_tasks()
    assert (run.state, Order.objects.count(), run.done_rows) == (ImportState.CANCELLED, first, first)
    assert f"Cancelled after {first} of {rows} rows" in shown(page, run)


def test_it_escapes_what_the_file_says(page):
    run = upload(page, table({"clientName": "<script>alert(1)</script>", "total": "<b>x</b>"}, {"<i>": "1"}))
    html = shown(page, run)
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html
    assert "<i>" not in html


def test_it_shows_an_empty_list_what_the_page_is_for(page):
    html = page.get(reverse("admin:imports_import_changelist")).content.decode()
    assert "No file has been imported yet" in html
    assert not Import.objects.exists()


def test_one_may_say_in_which_encoding_a_file_is(page):
    content = table({"clientName": "Żuk"}, encoding="iso8859_2")
    assert upload(page, content, encoding="iso8859_2").layout["encoding"] == "iso8859_2"
    run = upload(page, table({"clientName": "жук"}, encoding="koi8_r"), encoding="koi8_r")
    assert "KOI8-R" in shown(page, run)
    assert run.chunks.get().rows[0][1][1] == "жук"


def test_a_source_has_one_spelling(page):
    send(page, table({}), source="Shop")
    run = send(page, table({}), source="SHOP ")
    assert (run.source, counts(run)) == ("Shop", (0, 0, 1, 0))
    assert upload(page, table({}), source="FILE").source == "file"


def test_refused_rows_come_back_without_apostrophes_though_the_column_problem_was_deleted(page):
    run = upload(page, table({"orderNumber": "-17", "total": "x", "comment": "=1+1"}))
    refused = b"".join(page.get(reverse("admin:imports_import_refused", args=[run.pk])).streaming_content).decode()
    mended = "\n".join(line.rpartition(";")[0] for line in refused.replace(";x;", ";5;").splitlines())
    send(page, mended.encode())
    assert (Order.objects.get().number, Order.objects.get().comment) == ("-17", "=1+1")


@pytest.mark.parametrize("number", ["", "K-1"])
def test_it_counts_a_new_client_once_at_however_many_places(page, number):
    """Chunks apart; the last row is of a namesake with another phone or number."""
    anna = {"clientName": "Anna", "contactPhone": "501234567", "clientId": number}
    rows = [{**anna, "address": f"Street {place}"} for place in range(1100)]
    rows[1] = {**anna, "contactPhone": "502345678", "address": "Street 0"}
    rows[1098] = {**anna, "contactPhone": "502345678", "address": "Street 1098"}
    rows[1099] = {**anna, "contactPhone": "503456789", "clientId": number and "K-2"}
    run = upload(page, table(*rows))
    assert (run.preview["new_clients"], run.preview["created"]) == (2, 1100)
    assert not ExpectedClient.objects.exists()
    press(page, "commit", run)
    run_tasks()
    run.refresh_from_db()
    assert (run.report["new_clients"], Client.objects.count()) == (2, 2)
