"""Messages about an arrival, wherever they wait: true minutes when they leave, and the new arrival when it moves."""

import datetime

import pytest
import time_machine

from orders.moves import reschedule_orders
from tests.makers import make_gateway, make_order, make_robot
from tests.robots.standing import NOON, PHONE, STATES, lost, minutes, work_on
from tests.running_worker import received, run_worker

TELLING = {name: STATES[name] for name in STATES if name not in {"postponed", "held step", "held"}}


@pytest.fixture
def arriving():
    """An order that arrives 35 minutes after noon; its robot says so half an hour before."""
    make_gateway("sandbox_sms")
    make_robot(event="arrival", lead_minutes=30, only_while_driver_live=False, body="In {minutes_to_arrival} minutes")
    with time_machine.travel(NOON, tick=False):
        return make_order(contact_phone=PHONE, planned_arrival=NOON + minutes(35))


@pytest.mark.django_db
@pytest.mark.parametrize("state", TELLING)
def test_it_tells_true_minutes_wherever_it_waited(arriving, state):
    with time_machine.travel(NOON, tick=False) as clock:
        come_back = STATES[state](clock)
        clock.move_to(NOON + minutes(20))
        come_back()
        clock.shift(datetime.timedelta(seconds=2))
        run_worker()
    assert [text for _to, text in received()] == ["In 15 minutes"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [name for name in TELLING if STATES[name] is not lost])
def test_it_follows_an_arrival_that_moves_away_wherever_it_waits(arriving, state):
    with time_machine.travel(NOON, tick=False) as clock:
        come_back = STATES[state](clock)
        reschedule_orders([(arriving, NOON + minutes(100))])
        come_back()
        clock.move_to(NOON + minutes(69))
        run_worker()
        told_early = received()
        clock.move_to(NOON + minutes(70))
        run_worker()
        clock.move_to(NOON + minutes(99))
        run_worker()
    assert told_early == []
    assert [text for _to, text in received()] == ["In 30 minutes"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", TELLING)
def test_it_says_nothing_when_the_arrival_is_taken_away_wherever_it_waits(arriving, state):
    with time_machine.travel(NOON, tick=False) as clock:
        come_back = STATES[state](clock)
        reschedule_orders([(arriving, None)])
        come_back()
        work_on(clock)
    assert received() == []
