"""The dispatcher: it starts drains for what is due, and ordinary tasks beside them."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.worker import dispatcher as broker_module
from messaging.worker.dispatcher import STUCK, Dispatcher
from messaging.worker.models import DrainSlot
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
POLL = "messaging.gateways.polling.poll"


@pytest.fixture
def broker(db, settings) -> Dispatcher:
    settings.DRAIN_SLOTS = 1
    return Dispatcher()


def functions(packages) -> list[str]:
    return [SignedPackage.loads(payload)["func"] for _ack, payload in packages or []]


def queued() -> None:
    queue_messages([Message(channel="sms", to="+48501234567", body="Hello")])


def test_it_starts_one_drain_per_slot_when_something_is_due(broker):
    make_gateway("sandbox_sms")
    assert broker.dequeue() is None
    queued()
    assert functions(broker.dequeue()) == [settings.DRAIN_TASK]
    assert broker.dequeue() is None


def test_it_starts_another_drain_when_the_worker_of_the_slot_died(broker):
    make_gateway("sandbox_sms")
    queued()
    broker.dequeue()
    DrainSlot.objects.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert functions(broker.dequeue()) == [settings.DRAIN_TASK]


def test_it_does_not_look_busy_because_of_messages_nobody_can_take(broker):
    gateway = make_gateway("sandbox_sms")
    queued()
    gateway.paused_at = timezone.now()
    gateway.save()
    assert broker.dequeue() is None


def test_it_hands_out_ordinary_tasks_oldest_first_but_not_to_all_workers(broker, monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    for number in range(3):
        async_task("math.sqrt", number, broker=broker)
    assert functions(broker.dequeue()) == ["math.sqrt"]
    assert broker.dequeue() is None  # one of three workers; the others stay free for messages
    OrmQ.objects.order_by("pk").first().delete()  # acknowledged
    assert functions(broker.dequeue()) == ["math.sqrt"]


def test_what_waits_for_a_server_and_what_works_do_not_wait_for_each_other(broker, monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    for number in range(3):
        async_task(POLL, number, broker=broker)
    async_task("math.sqrt", 4, broker=broker)
    assert functions(broker.dequeue()) == [POLL, "math.sqrt"]
    assert broker.dequeue() is None
    OrmQ.objects.order_by("pk").last().delete()
    async_task("math.sqrt", 9, broker=broker)
    assert functions(broker.dequeue()) == ["math.sqrt"]


def test_the_kinds_of_tasks_take_turns(broker, monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    for function in ("math.sqrt", "math.sqrt", "math.sqrt", "math.exp", "math.log"):
        async_task(function, 4, broker=broker)
    order = []
    while packages := broker.dequeue():
        order += functions(packages)
        OrmQ.objects.filter(pk__in=[pk for pk, _payload in packages]).delete()
    assert order == ["math.sqrt", "math.exp", "math.log", "math.sqrt", "math.sqrt"]


def test_a_place_is_free_again_when_its_worker_must_be_dead(broker, monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    for number in range(2):
        async_task("math.sqrt", number, broker=broker)
    assert functions(broker.dequeue()) == ["math.sqrt"]
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=71), tick=False):
        assert functions(broker.dequeue()) == ["math.sqrt"]


def test_the_tasks_that_wait_for_a_server_are_there(settings):
    assert all(callable(import_string(name)) for name in settings.WAITING_TASKS)


def test_it_shows_that_it_lives(broker, settings):
    broker.dequeue()
    assert (settings.DATA_DIR / "worker.beat").exists()
    assert DrainSlot.objects.get().beat_at is not None


def test_it_waits_for_a_database_that_is_away(broker, monkeypatch):
    def away(_now):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(broker_module, "take_slot", away)
    monkeypatch.setattr(broker_module.connections, "close_all", lambda: None)
    assert broker.dequeue() is None


def test_it_shows_no_life_while_the_pool_hangs_so_that_the_supervisor_acts(broker, settings):
    make_gateway("sandbox_sms")
    queued()
    beat = settings.DATA_DIR / "worker.beat"
    for _ in range(STUCK + 1):
        assert functions(broker.dequeue()) == [settings.DRAIN_TASK]  # and nobody ever runs it
        DrainSlot.objects.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    beat.unlink()
    broker.next_touch = 0
    broker.dequeue()
    assert not beat.exists()


def test_it_asks_one_question_while_there_is_nothing_to_do(broker, django_assert_num_queries):
    broker.dequeue()
    broker.next_tasks = broker.next_beat = float("inf")
    with django_assert_num_queries(1):  # PostgreSQL's clock is asked now and then only
        broker.dequeue()
