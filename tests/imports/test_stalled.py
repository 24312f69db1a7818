"""An import whose worker was killed, or whose request was lost, goes on by itself; one that can't ends in words."""

import datetime

import pytest
import time_machine
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from orders.imports.models import ExpectedLocation, Import, ImportState
from orders.imports.running import chunks, stalled
from orders.models import Order
from tests.imports.sending import counts, press, run_tasks, table, upload
from tests.makers import make_robot, make_stages
from tests.running_worker import run_worker

MANY = table(*[{"clientName": f"Client {number}"} for number in range(1200)])
SOON = datetime.timedelta(seconds=9)
LATER = datetime.timedelta(seconds=11)


class WorkerKilled(BaseException):
    """Ends a task anywhere."""


def kill(*_args, **_kwargs):
    raise WorkerKilled


def run_killing_tasks() -> None:
    """The worker takes what is asked for, and is killed by it; its request waits for minutes."""
    with pytest.raises(WorkerKilled):
        run_tasks(1)
    OrmQ.objects.all().delete()


def silence(clock) -> None:
    """Eleven seconds pass, and the worker looks."""
    clock.shift(LATER)
    run_worker()


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_it_goes_on_by_itself_when_the_request_was_lost(page, clock):
    run = press(page, "commit", upload(page, MANY))
    run_tasks(1)
    OrmQ.objects.all().delete()
    clock.shift(SOON)
    run_worker()
    assert OrmQ.objects.count() == 0
    clock.shift(LATER)
    run_worker()
    assert OrmQ.objects.count() == 1
    run_tasks()
    run.refresh_from_db()
    assert (run.state, counts(run), Order.objects.count()) == (ImportState.DONE, (1200, 0, 0, 0), 1200)


def test_a_check_goes_on_by_itself_too(page, clock):
    run = upload(page, MANY, check=False)
    OrmQ.objects.all().delete()
    silence(clock)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, counts(run)) == (ImportState.CHECKED, (1200, 0, 0, 0))


def test_it_is_asked_for_once_in_ten_seconds_only(page, clock):
    press(page, "commit", upload(page, MANY))
    OrmQ.objects.all().delete()
    silence(clock)
    run_worker()
    assert OrmQ.objects.count() == 1


def test_it_leaves_alone_what_waits_for_a_person_or_is_over(page, clock):
    upload(page, MANY)
    press(page, "cancel", upload(page, MANY, name="other.csv"))
    silence(clock)
    assert OrmQ.objects.count() == 0


def test_it_writes_each_row_once_when_the_first_request_still_arrives(page, clock):
    run = press(page, "commit", upload(page, MANY))
    silence(clock)
    assert OrmQ.objects.count() == 2
    run_tasks()
    run.refresh_from_db()
    assert (run.state, counts(run), run.done_rows) == (ImportState.DONE, (1200, 0, 0, 0), 1200)


def test_rows_that_end_their_worker_three_times_break_the_import_off_in_words(page, clock, monkeypatch, caplog):
    make_robot(make_stages()["new"])
    run = press(page, "commit", upload(page, MANY))
    run_tasks(1)
    written = Order.objects.count()
    assert 0 < written < 1200
    with monkeypatch.context() as patch:
        patch.setattr(chunks, "refusals", kill)
        run_killing_tasks()
        for _again in range(2):
            silence(clock)
            run_killing_tasks()
    silence(clock)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, Order.objects.count(), run.done_rows) == (ImportState.FAILED, written, written)
    assert str(run.problem).startswith(f"The program failed three times in rows {written + 2} to ")
    assert "What was imported before them stays." in str(run.problem)
    shown = page.get(reverse("admin:imports_import_change", args=[run.pk])).content.decode()
    assert f"The program failed three times in rows {written + 2} to " in shown
    assert f"The import {run.pk} is given up: {run.problem}" in caplog.messages
    silence(clock)
    assert OrmQ.objects.count() == 0


def test_a_check_that_fails_three_times_says_that_nothing_was_written(page, clock, monkeypatch):
    run = upload(page, MANY, check=False)
    with monkeypatch.context() as patch:
        patch.setattr(chunks, "refusals", kill)
        run_killing_tasks()
        for _again in range(2):
            silence(clock)
            run_killing_tasks()
    silence(clock)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, ExpectedLocation.objects.count()) == (ImportState.FAILED, 0)
    assert "Nothing was written." in str(run.problem)


def test_two_kills_are_forgiven(page, clock, monkeypatch):
    run = press(page, "commit", upload(page, MANY))
    with monkeypatch.context() as patch:
        patch.setattr(chunks, "refusals", kill)
        run_killing_tasks()
        silence(clock)
        run_killing_tasks()
    silence(clock)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, Order.objects.count()) == (ImportState.DONE, 1200)


def test_a_full_disk_is_no_fault_of_the_rows(page, clock, monkeypatch):
    run = press(page, "commit", upload(page, MANY))
    OrmQ.objects.all().delete()

    def full(*_args, **_kwargs):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "refusals", full)
        for _full in range(5):
            silence(clock)
            with pytest.raises(OperationalError):
                run_tasks(1)
            OrmQ.objects.all().delete()
    silence(clock)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, Order.objects.count()) == (ImportState.DONE, 1200)


def test_the_dispatcher_asks_for_what_is_silent_now(page, clock):
    """`look` compiles the question once and puts the moment in anew."""
    press(page, "commit", upload(page, MANY))
    assert not stalled.standing_imports(timezone.now()).exists()
    clock.shift(LATER)
    assert stalled.standing_imports(timezone.now()).get() == Import.objects.get()
