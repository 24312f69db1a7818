"""Many orders take the queries of few (INSERTs apart, which SQLite splits by their number of values)."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import Company
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.claiming import reroute
from messaging.robots.models import RobotStep
from messaging.robots.steps.running import forecast, run_due_steps
from orders.models import Order, StageChange
from orders.moves import move_orders, place_orders, reschedule_orders
from tests.makers import make_gateway, make_location, make_order, make_robot, make_stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages() -> dict:
    make_gateway("sandbox_sms")
    stages = make_stages()
    Company.current()
    make_robot(stages["new"])
    make_robot(stages["ready"])
    make_robot(stages["ready"], delay_minutes=5)
    make_robot(event="order_placed")
    return stages


def new_orders(count: int) -> list[Order]:
    location = make_location(phone="+48501234567")
    return [Order(number=f"N-{location.pk}-{i}", location=location, client=location.client) for i in range(count)]


def count_queries(job: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        job()
    return sum(not query["sql"].startswith("INSERT") for query in captured.captured_queries)


def test_it_places_moves_and_runs_many_with_the_queries_of_few(stages):
    counts = []
    for size in (5, 200):
        orders = new_orders(size)

        def job(orders=orders):
            place_orders(orders)
            move_orders([(order, stages["ready"]) for order in orders])
            run_due_steps(timezone.now())

        counts.append(count_queries(job))
    assert counts[0] == counts[1]
    assert RobotStep.objects.count() == 4 * 205


def test_it_forecasts_without_writing(stages):
    orders = new_orders(3)
    orders[0].fulfilment = "pickup"
    for order in orders:
        order.stage = stages["ready"]
    changes = [StageChange(order=order, to_stage=stages["ready"], at=timezone.now()) for order in orders]
    outcome = forecast(changes)
    assert outcome.will_follow == 6
    assert sum(outcome.reasons.values()) == 3
    assert not RobotStep.objects.exists()


def test_it_runs_many_steps_with_different_reasons_with_the_queries_of_few(stages):
    counts = []
    for size in (5, 40):
        for number in range(size):  # landlines: each is refused in words of its own
            make_order(make_location(phone=f"+4822{size:03}{number:04}"))
        counts.append(count_queries(lambda: run_due_steps(timezone.now())))
    assert counts[0] == counts[1]
    assert RobotStep.objects.exclude(reason="").values("reason").distinct().count() >= 45


def test_it_reschedules_many_with_the_queries_of_few(stages):
    make_robot(event="arrival", lead_minutes=30)
    location, counts = make_location(phone="+48501234567"), []
    soon, later = (timezone.now() + datetime.timedelta(minutes=number) for number in (60, 90))
    for size in (5, 40):
        orders = [make_order(location, planned_arrival=soon) for _ in range(size)]
        arrivals = [(order, later) for order in orders]
        counts.append(count_queries(lambda arrivals=arrivals: reschedule_orders(arrivals)))
    assert counts[0] == counts[1]
    assert RobotStep.objects.filter(expires_at=later).count() == 45


def test_it_reroutes_many_with_the_queries_of_few():
    counts = []
    for size in (5, 100):
        gone = make_gateway(weight=100)
        queue_messages([Message(channel="sms", to="+48501234567", body="Hello") for _ in range(size)])
        Gateway.objects.filter(pk=gone.pk).update(is_on=False)
        heir = make_gateway()
        with transaction.atomic():
            counts.append(count_queries(lambda: reroute(200, timezone.now())))
        assert Message.objects.filter(gateway=heir).count() == size
        Message.objects.all().delete()
        heir.delete()
    assert counts[0] == counts[1]
