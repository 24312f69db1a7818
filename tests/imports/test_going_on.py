"""Killed in the middle, asked twice, or racing another door: each row counts once."""

import threading

import pytest
from django.db import connection, connections
from django_q.models import OrmQ

from locations.models import Location
from orders.imports import tasks
from orders.imports.models import Import, ImportState
from orders.imports.running import chunks
from orders.imports.running.upload import CHUNK_ROWS
from orders.models import Order, StageChange
from tests.imports.sending import counts, press, run_tasks, table, upload
from tests.makers import make_order, make_robot, make_stages

MANY = table(*[{"clientName": f"Client {number // 2}", "contactPhone": "501234567"} for number in range(1200)])


def finished(run):
    run.refresh_from_db()
    assert run.state == ImportState.DONE
    assert (counts(run), run.done_rows) == ((1200, 0, 0, 0), 1200)
    assert Order.objects.count() == StageChange.objects.count() == 1200
    assert Location.objects.count() == 600


def test_it_counts_a_chunk_once_when_a_task_is_delivered_twice(page):
    run = press(page, "commit", upload(page, MANY))
    for chunk in run.chunks.all():
        for _twice in range(2):
            tasks.commit_chunk(chunk.pk)
    run_tasks()
    finished(run)


def test_it_checks_a_chunk_once_when_a_task_is_delivered_twice(page):
    run = upload(page, MANY, check=False)
    for chunk in run.chunks.all():
        for _twice in range(2):
            tasks.check_chunk(chunk.pk)
    run_tasks()
    run.refresh_from_db()
    assert (counts(run), run.state, run.preview["new_locations"]) == ((1200, 0, 0, 0), ImportState.CHECKED, 600)


class WorkerKilled(BaseException):
    """Ends a task anywhere."""


def test_it_goes_on_where_it_was_killed(page, monkeypatch):
    make_robot(make_stages()["new"])
    run = press(page, "commit", upload(page, MANY, notify="on"))
    run_tasks(1)

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "refusals", lambda plan: (_ for _ in ()).throw(WorkerKilled))
        with pytest.raises(WorkerKilled):
            run_tasks(1)  # all rows of the second chunk were written, then it died
    run.refresh_from_db()
    first = CHUNK_ROWS[connection.vendor]
    assert (Order.objects.count(), run.done_rows) == (first, first)
    run_tasks()
    finished(run)
    assert run.notify


def test_it_goes_on_when_asked_to_after_the_request_was_lost(page):
    run = press(page, "commit", upload(page, MANY))
    run_tasks(1)
    OrmQ.objects.all().delete()
    run = press(page, "continue", run)
    run_tasks()
    finished(run)


def test_it_does_nothing_twice_when_asked_to_go_on_without_need(page):
    run = press(page, "commit", upload(page, MANY))
    for _impatient in range(3):
        run = press(page, "continue", run)
    run_tasks()
    finished(run)
    press(page, "commit", run)
    press(page, "continue", run)
    assert run_tasks() == 0


def test_it_plans_again_when_another_door_places_the_same_order(page, monkeypatch):
    run = press(page, "commit", upload(page, table({"comment": "from the file"})))
    plan_of = chunks.examine
    rivals = iter(["once"])

    def examine_and_lose_the_race(*args, **options):
        plan = plan_of(*args, **options)
        if next(rivals, None):
            make_order(source="file", number="A-1")
        return plan

    monkeypatch.setattr(chunks, "examine", examine_and_lose_the_race)
    run_tasks()
    run.refresh_from_db()
    assert (run.state, Order.objects.count()) == (ImportState.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_it_keeps_its_counts_when_two_workers_take_the_same_chunk(page):
    run = press(page, "commit", upload(page, table(*[{}] * 300)))
    first = run.chunks.get()
    faults = []

    def work():
        try:
            chunks.commit_chunk(first.pk)
        except AssertionError as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run = Import.objects.get()
    assert (counts(run), run.done_rows, faults) == ((300, 0, 0, 0), 300, [])
    assert connection.is_usable()
