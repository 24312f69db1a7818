"""Messages before the planned arrival, which follow it (A10, decision 1)."""

import datetime

import pytest
import time_machine

from messaging.robots import reasons
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.moves import move_to, reschedule_orders
from tests.makers import make_gateway, make_order, make_robot, make_stages
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"
TWO = datetime.datetime(2026, 3, 2, 14, 0, tzinfo=datetime.UTC)


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)


@pytest.fixture
def clock():
    make_gateway("sandbox_sms")
    make_robot(event="arrival", lead_minutes=30, only_while_driver_live=False, body="In {minutes_to_arrival} minutes")
    with time_machine.travel(TWO, tick=False) as moving:
        yield moving


def test_it_tells_half_an_hour_before_arrival(clock):
    make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    clock.shift(minutes(29))
    run_worker()
    assert received() == []
    clock.shift(minutes(1))
    run_worker()
    assert received() == [(PHONE, "In 30 minutes")]


def test_it_follows_the_arrival_and_tells_once(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    reschedule_orders([(order, TWO + minutes(120))])
    clock.shift(minutes(60))
    run_worker()
    assert received() == []
    clock.shift(minutes(30))
    run_worker()
    reschedule_orders([(order, TWO + minutes(300))])
    clock.shift(minutes(200))
    run_worker()
    assert received() == [(PHONE, "In 30 minutes")]


def test_it_tells_at_once_with_true_minutes_when_the_arrival_moves_near(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(120))
    reschedule_orders([(order, TWO + minutes(12))])
    run_worker()
    assert received() == [(PHONE, "In 12 minutes")]


def test_it_says_nothing_about_an_arrival_that_has_passed(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    reschedule_orders([(order, TWO - minutes(5))])
    run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.reason) == (StepState.SKIPPED, reasons.ARRIVAL_PASSED())


def test_it_ignores_a_shift_of_less_than_a_minute(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    before = RobotStep.objects.get().due_at
    reschedule_orders([(order, TWO + minutes(60) + datetime.timedelta(seconds=59))])
    assert RobotStep.objects.get().due_at == before


def test_it_plans_when_an_arrival_is_set_later(clock):
    order = make_order(contact_phone=PHONE)
    assert not RobotStep.objects.exists()
    reschedule_orders([(order, TWO + minutes(20))])
    run_worker()
    assert received() == [(PHONE, "In 20 minutes")]


def test_it_cancels_when_the_order_was_delivered_early(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(120))
    move_to(order, make_stages()["delivered"])
    assert RobotStep.objects.get().state == StepState.CANCELLED


def test_it_is_planned_for_a_silent_import_only_if_its_moment_is_ahead(clock):
    ahead = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60), notify=False)
    make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(10), notify=False)
    assert list(RobotStep.objects.values_list("order", flat=True)) == [ahead.pk]


def test_it_needs_a_route_while_the_robot_asks_for_a_live_driver(clock):
    make_robot(event="arrival", lead_minutes=30)
    make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(20))
    run_worker()
    assert len(received()) == 1
    step = RobotStep.objects.get(state=StepState.SKIPPED)
    assert step.reason == reasons.NO_ROUTE()
