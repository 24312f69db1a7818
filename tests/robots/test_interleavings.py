"""Steps, messages and orders that change at the same time, in every order of events."""

import datetime
import threading
import time

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from locations.models import Client, Company
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages, resend
from messaging.outbox.reasons import CANCELLED_BY
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps import running
from messaging.robots.steps.actions import cancel_steps
from orders.models import Order
from orders.moves import move_to, reschedule_orders
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_client, make_gateway, make_order, make_robot, make_stages
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"
NOT_FOUND_PHONE = "+48500000002"  # the sandbox refuses it for good
TWO = datetime.datetime(2026, 3, 2, 14, 0, tzinfo=datetime.UTC)


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)


@pytest.fixture
def clock():
    """Two o'clock; a robot tells half an hour before the planned arrival."""
    make_gateway("sandbox_sms")
    make_robot(event="arrival", lead_minutes=30, only_while_driver_live=False, body="In {minutes_to_arrival} minutes")
    with time_machine.travel(TWO, tick=False) as moving:
        yield moving


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_it_cancels_the_message_of_a_step_that_ran_while_its_order_left(monkeypatch):
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    written, write = threading.Event(), running.write

    def write_slowly(*args):
        write(*args)
        written.set()
        time.sleep(0.2)  # the mover waits for the step's row meanwhile

    def run():
        running.run_due_steps(timezone.now())
        connection.close()

    monkeypatch.setattr(running, "write", write_slowly)
    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(10)
    move_to(order, stages["on_the_way"])
    thread.join()
    run_worker()
    assert RobotStep.objects.get().state == StepState.DONE
    assert (Message.objects.get().state, received()) == (MessageState.CANCELLED, [])


def test_it_does_not_revive_a_step_that_was_called_off_when_the_arrival_moves(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    assert cancel_steps(RobotStep.objects.all(), CANCELLED_BY(user="alice")) == 1
    reschedule_orders([(order, TWO + minutes(62))])
    clock.shift(minutes(40))
    run_worker()
    assert received() == []


def test_it_tells_nobody_when_an_order_cancelled_meanwhile_is_rescheduled(clock):
    order = make_order(contact_phone=PHONE, planned_arrival=TWO + minutes(60))
    read_before = Order.objects.select_related("stage").get()
    move_to(order, make_stages()["cancelled"])
    reschedule_orders([(read_before, TWO + minutes(62))])
    clock.shift(minutes(40))
    run_worker()
    assert received() == []


def test_it_follows_many_small_shifts(clock):
    arrival = TWO + minutes(60)
    order = make_order(contact_phone=PHONE, planned_arrival=arrival)
    for _ in range(60):
        arrival += datetime.timedelta(seconds=50)
        reschedule_orders([(order, arrival)])
    assert abs(RobotStep.objects.get().due_at - (arrival - minutes(30))) < minutes(1)


def test_it_counts_true_minutes_of_validity_on_the_night_the_clocks_change():
    make_robot(event="order_placed", days=1, at_time=datetime.time(2, 30), validity_minutes=45)
    make_order(contact_phone=PHONE, placed_at=datetime.datetime(2026, 3, 28, 12, tzinfo=datetime.UTC))
    step = RobotStep.objects.get()
    assert step.expires_at - step.due_at == minutes(45)


def test_it_counts_lateness_from_when_the_step_was_due():
    gateway, stages = make_gateway("sandbox_sms"), make_stages()
    make_robot(stages["ready"])
    with time_machine.travel(TWO, tick=False) as clock:
        move_to(make_order(contact_phone=PHONE), stages["ready"])
        clock.shift(minutes(29))
        Gateway.objects.filter(pk=gateway.pk).update(paused_at=timezone.now())
        run_worker()
        clock.shift(minutes(29))
        Gateway.objects.update(paused_at=None)
        run_worker()
    assert (Message.objects.get().state, received()) == (MessageState.HELD, [])


def test_it_cancels_a_resent_message_with_its_order():
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"])
    order = make_order(contact_phone=NOT_FOUND_PHONE)
    move_to(order, stages["ready"])
    run_worker()
    failed = Message.objects.get()
    assert failed.state == MessageState.FAILED
    again = resend(failed, PHONE)
    move_to(order, stages["cancelled"])
    run_worker()
    again.refresh_from_db()
    assert (again.state, received()) == (MessageState.CANCELLED, [])


@pytest.mark.django_db(transaction=True)
def test_it_sends_nothing_for_real_to_a_client_who_became_a_demo_meanwhile():
    with TwilioServer() as twilio:
        make_gateway("sandbox_sms")
        make_gateway("twilio_sms", config=twilio.config())
        client = make_client()
        queue_messages([Message(channel="sms", to=PHONE, body="Hello", client=client)])
        Client.objects.update(is_demo=True)
        run_worker()
    assert (Message.objects.get().state, twilio.requests) == (MessageState.REFUSED, [])


def test_it_does_not_let_the_sandbox_swallow_the_messages_of_real_customers():
    make_gateway("sandbox_sms")
    real = make_gateway("twilio_sms")
    (message,) = queue_messages([Message(channel="sms", to=PHONE, body="Hello")])
    assert message.gateway == real
    Gateway.objects.filter(pk=real.pk).update(is_on=False)
    run_worker()
    message.refresh_from_db()
    assert (message.state, received()) == (MessageState.REFUSED, [])


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ("order_placed", "days"),
        ("order_placed", "validity_minutes"),
        ("stage_entered", "delay_minutes"),
        ("arrival", "lead_minutes"),
    ],
)
def test_it_refuses_a_robot_with_an_absurd_number(event, field):
    stage = make_stages()["ready"] if event == "stage_entered" else None
    robot = make_robot(stage, event=event)
    robot.full_clean()
    setattr(robot, field, 2_000_000_000)
    with pytest.raises(ValidationError) as refusal:
        robot.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_it_refuses_an_absurd_limit_for_lateness():
    company = Company.current()
    company.full_clean()
    company.held_after_minutes = 2_000_000_000
    with pytest.raises(ValidationError) as refusal:
        company.full_clean()
    assert list(refusal.value.message_dict) == ["held_after_minutes"]
