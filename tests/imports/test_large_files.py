"""A large file is kept in slices while the page answers at once; the worker reads it, and its kill loses nothing."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from orders.imports.models import Import, ImportSlice, ImportState
from orders.imports.running import slices, stalled
from orders.imports.running.giving_up import MOST_TRIES
from orders.models import Order
from tests.imports.sending import counts, press, run_tasks, table, upload


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 1000)
    monkeypatch.setattr("orders.imports.tasks.AT_ONCE", 10_000)


LARGE = table(*[{"clientName": f"Жук {number}"} for number in range(700)])


def test_the_page_only_keeps_it_and_the_worker_reads_it(page):
    run = upload(page, LARGE, check=False)
    assert (run.state, run.chunks.count()) == (ImportState.READING, 0)
    assert run.slices.count() == -(-len(LARGE) // 1000)
    html = page.get(reverse("admin:imports_import_progress", args=[run.pk])).content.decode()
    assert "The file is being read" in html
    assert 'hx-trigger="every 1s"' in html
    run_tasks()
    run.refresh_from_db()
    assert (run.state, counts(run), run.row_count) == (ImportState.CHECKED, (700, 0, 0, 0), 700)
    assert not ImportSlice.objects.exists()
    press(page, "commit", run)
    run_tasks()
    assert Order.objects.count() == 700


def test_the_worker_says_why_it_cannot_be_read(page):
    run = upload(page, b"orderNumber;clientName\n" + b"1;x\n" * 5000)
    assert (run.state, str(run.problem)) == (
        ImportState.UNREADABLE,
        "The file lacks the column address, which every order needs.",
    )
    assert not ImportSlice.objects.exists()


def test_one_that_is_too_large_is_not_kept(page, settings):
    settings.IMPORT_MAX_MEGABYTES = 0
    run = upload(page, LARGE, check=False)
    assert run.state == ImportState.UNREADABLE
    assert "at most 0 MB" in str(run.problem)
    assert not ImportSlice.objects.exists()


def test_the_chosen_encoding_is_kept_with_it(page):
    content = LARGE.decode().encode("koi8_r")
    assert upload(page, content, encoding="koi8_r").layout["encoding"] == "koi8_r"


def test_a_lost_request_is_asked_for_again_three_times(page):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        run = upload(page, LARGE, check=False)
        for _again in range(MOST_TRIES):
            Import.objects.filter(pk=run.pk).update(readings=_again)
            OrmQ.objects.all().delete()
            clock.shift(datetime.timedelta(seconds=11))
            assert stalled.ask_again(timezone.now()) == 1
        run_tasks()
    run.refresh_from_db()
    assert (run.state, run.row_count) == (ImportState.CHECKED, 700)


def test_one_that_ends_the_worker_each_time_is_given_up_in_words(page):
    run = upload(page, LARGE, check=False)
    Import.objects.filter(pk=run.pk).update(readings=MOST_TRIES)
    run_tasks()
    run.refresh_from_db()
    assert run.state == ImportState.FAILED
    assert "failed three times to read the file" in str(run.problem)
    assert not ImportSlice.objects.exists()


def test_cancelling_ends_the_reading(page):
    run = press(page, "cancel", upload(page, LARGE, check=False))
    run_tasks()
    run.refresh_from_db()
    assert (run.state, run.chunks.count()) == (ImportState.CANCELLED, 0)
    assert not ImportSlice.objects.exists()
