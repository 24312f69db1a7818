"""Of rows with one order number the first good one counts: one that was refused takes the number from nobody."""

import pytest

from orders.imports.models import ImportChunk
from orders.imports.running import upload as uploading
from orders.models import Order
from tests.imports.sending import faults, press, run_command, run_tasks, table, upload
from tests.makers import make_stages, make_user

pytestmark = pytest.mark.django_db
BAD, GOOD = {"orderNumber": "R-1", "total": "x"}, {"orderNumber": "R-1", "total": "12.50"}
OTHER = {"orderNumber": "R-1", "total": "99"}


@pytest.fixture
def manager(client):
    make_stages()
    client.force_login(make_user(is_superuser=True))
    return client


def refusals(run):
    return [row for chunk in run.chunks.order_by("position") for row, _faults in chunk.refused]


@pytest.mark.parametrize(
    ("rows", "refused", "total"),
    [
        ([BAD, GOOD], [2], "12.50"),
        ([BAD, BAD, GOOD], [2, 3], "12.50"),
        ([GOOD, OTHER], [3], "12.50"),
        ([BAD, GOOD, OTHER, OTHER], [2, 4, 5], "12.50"),
        ([GOOD, BAD, OTHER], [3, 4], "12.50"),
    ],
)
def test_the_first_good_row_is_the_order_by_page_and_command_alike(manager, tmp_path, rows, refused, total):
    run = upload(manager, table(*rows))
    assert refusals(run) == refused
    press(manager, "commit", run)
    run_tasks()
    assert refusals(run) == refused
    assert str(Order.objects.get().total) == total
    Order.objects.all().delete()
    said = run_command(tmp_path, table(*rows))
    assert [line for line in said if line.startswith("Row")] == [
        line for line in said if any(line.startswith(f"Row {row}") for row in refused)
    ]
    assert str(Order.objects.get().total) == total


def test_a_repeated_row_names_the_one_that_stands(manager):
    run = upload(manager, table(BAD, GOOD, OTHER))
    _bad, (_row, _column, sentence) = faults(run)
    assert sentence == "The row repeats order R-1 of row 3: keep one of them."


def test_it_holds_however_far_apart_the_rows_stand(manager, monkeypatch, tmp_path):
    for vendor in ("sqlite", "postgresql"):
        monkeypatch.setitem(uploading.CHUNK_ROWS, vendor, 3)
    rows = [BAD, *[{}] * 5, GOOD, *[{}] * 4, OTHER]
    run = upload(manager, table(*rows))
    assert ImportChunk.objects.filter(run=run).count() == 4
    assert refusals(run) == [2, 13]
    press(manager, "commit", run)
    run_tasks()
    assert refusals(run) == [2, 13]
    assert str(Order.objects.get(number="R-1").total) == "12.50"
    said = run_command(tmp_path, table(*rows))
    assert [line.split(":")[0] for line in said[:-1]] == ["Row 2, total", "Row 13"]
    assert said[-1] == "0 created, 0 updated, 10 unchanged, 2 refused"


def test_a_number_repeated_without_end_is_no_work_without_end(manager):
    run = upload(manager, table(*[BAD] * 60, GOOD))
    assert len(refusals(run)) == 61
    assert max(len(row[3]) for row in run.chunks.get().rows) == 20
