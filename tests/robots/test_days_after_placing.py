"""The thank-you some days after an order was placed (B9, B16, decision 1)."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from messaging.robots import reasons
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.moves import move_to
from tests.makers import make_department, make_gateway, make_order, make_robot, make_stages
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"
PLACED = datetime.datetime(2026, 3, 27, 21, 30, tzinfo=datetime.UTC)  # two days before the clocks go forward


def test_it_thanks_at_noon_x_calendar_days_later_in_the_departments_time_zone():
    make_robot(event="order_placed", days=2)
    warsaw = make_order(placed_at=PLACED, department=make_department(time_zone="Europe/Warsaw"))
    moscow = make_order(placed_at=PLACED, department=make_department(time_zone="Europe/Moscow"))
    noon = datetime.time(12)
    due = dict(RobotStep.objects.values_list("order", "due_at"))
    assert due[warsaw.pk] == datetime.datetime.combine(datetime.date(2026, 3, 29), noon, ZoneInfo("Europe/Warsaw"))
    assert due[moscow.pk] == datetime.datetime.combine(datetime.date(2026, 3, 30), noon, ZoneInfo("Europe/Moscow"))


def test_it_survives_stage_changes_and_thanks_once():
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(event="order_placed", days=2, body="Thank you! www.example.com/s")
    with time_machine.travel(PLACED, tick=False) as clock:
        order = make_order(contact_phone=PHONE)
        for kind in ("preparing", "delivered", "preparing", "delivered"):
            move_to(order, stages[kind])
        clock.shift(datetime.timedelta(days=1, hours=12, minutes=45))
        run_worker()
        run_worker()
    assert received() == [(PHONE, "Thank you! www.example.com/s")]


def test_it_does_not_thank_for_what_was_not_delivered():
    make_gateway("sandbox_sms")
    make_robot(event="order_placed", days=1)
    with time_machine.travel(PLACED, tick=False) as clock:
        make_order(contact_phone=PHONE)
        clock.shift(datetime.timedelta(hours=13, minutes=45))
        run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.reason) == (StepState.SKIPPED, reasons.NOT_DELIVERED())


def test_it_never_tells_about_the_distant_past():
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(event="order_placed", days=1)
    make_order(contact_phone=PHONE, placed_at=PLACED, stage=stages["delivered"])
    run_worker()
    assert received() == []
    assert RobotStep.objects.get().state == StepState.EXPIRED
