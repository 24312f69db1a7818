"""Many orders take the queries of few (INSERTs apart, which SQLite splits by their number of values)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import Account
from messaging.robots.models import RobotRun
from messaging.robots.running import forecast, run_due_steps
from orders.models import Order, StageChange
from orders.moves import move_orders, place_orders
from tests.makers import make_gateway, make_location, make_robot, make_stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages() -> dict:
    make_gateway("sandbox_sms")
    stages = make_stages()
    Account.current()
    make_robot(stages["new"])
    make_robot(stages["ready"])
    make_robot(stages["ready"], delay_minutes=5)
    make_robot(event="order_placed")
    return stages


def new_orders(count: int) -> list[Order]:
    location = make_location(phone="+48501234567")
    return [Order(number=f"N-{location.pk}-{i}", location=location, client=location.client) for i in range(count)]


def test_it_places_moves_and_runs_many_with_the_queries_of_few(stages):
    counts = []
    for size in (5, 200):
        orders = new_orders(size)
        with CaptureQueriesContext(connection) as captured:
            place_orders(orders)
            move_orders([(order, stages["ready"]) for order in orders])
            run_due_steps(timezone.now())
        counts.append(sum(not query["sql"].startswith("INSERT") for query in captured.captured_queries))
    assert counts[0] == counts[1]
    assert RobotRun.objects.count() == 4 * 205


def test_it_forecasts_without_writing(stages):
    orders = new_orders(3)
    orders[0].fulfilment = "pickup"
    for order in orders:
        order.stage = stages["ready"]
    changes = [StageChange(order=order, to_stage=stages["ready"], at=timezone.now()) for order in orders]
    outcome = forecast(changes)
    assert outcome.will_follow == 6
    assert sum(outcome.reasons.values()) == 3
    assert not RobotRun.objects.exists()
