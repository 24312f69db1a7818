"""The demo's task: messages keep arriving, and the demo never grows without bound."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from messaging.outbox.models import Message
from notify_site.demo.living import ACTIVE, MOST_ORDERS
from notify_site.demo.tasks import move_orders
from notify_site.models import DemoRow
from orders.models import Cause, Fulfilment, Order, StageChange, StageKind
from tests.makers import make_order
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db


def test_it_is_run_every_minute():
    call_command("load_demo")
    schedule = Schedule.objects.get(name="Demo")
    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "notify_site.demo.tasks.move_orders",
        Schedule.MINUTES,
        1,
    )


def test_each_run_moves_a_few_orders_and_their_customers_are_told():
    call_command("load_demo")
    run_worker()
    before = len(received()) + len(received("email"))
    moved = StageChange.objects.count()
    for _minute in range(4):
        move_orders()
    run_worker()
    changes = StageChange.objects.order_by("id")[moved:]
    assert 8 <= len(changes) <= 24
    assert all(change.cause == Cause.DEMO and change.notify for change in changes)
    assert len(received()) + len(received("email")) > before


def test_it_never_runs_dry_and_never_grows_without_bound():
    call_command("load_demo")
    start = timezone.now()
    for minute in range(100):
        with time_machine.travel(start + datetime.timedelta(minutes=minute), tick=False):
            before = StageChange.objects.order_by("-id").first().pk
            move_orders()
            run_worker()
            assert StageChange.objects.filter(pk__gt=before).count() >= 3
    assert Order.objects.exclude(stage__kind__in=["delivered", "cancelled"]).count() >= ACTIVE - 3
    assert Order.objects.count() <= MOST_ORDERS
    assert not Message.objects.filter(order=None, is_pinned=False).exists()  # replies have none
    assert DemoRow.objects.filter(content_type__model="order").count() == Order.objects.count()


def test_what_is_picked_up_is_never_on_the_way():
    call_command("load_demo")
    for _minute in range(30):
        move_orders()
    on_the_way = StageChange.objects.filter(to_stage__kind=StageKind.ON_THE_WAY)
    assert on_the_way.exists()
    assert not on_the_way.exclude(order__fulfilment=Fulfilment.DELIVERY).exists()


def test_my_own_orders_stay_where_they_are():
    mine = make_order()
    call_command("load_demo")
    for _minute in range(10):
        move_orders()
    mine.refresh_from_db()
    assert mine.stage.kind == StageKind.NEW


def test_a_late_run_after_the_removal_does_nothing():
    call_command("load_demo")
    call_command("remove_demo")
    move_orders()
    assert not Order.objects.exists()
