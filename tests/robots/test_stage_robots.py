"""Robots on stages: what sets them off, what stops them, and why something was not said."""

import datetime

import pytest
import time_machine

from locations.consent import record_opt_out
from locations.models import Company, ContactPoint
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps import judging
from messaging.texts.rendering import render
from orders.moves import move_orders, move_to
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_template
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE, NOON = "+48501234567", datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def stages() -> dict:
    make_gateway("sandbox_sms")
    return make_stages()


def reasons(order) -> list[tuple[str, str]]:
    return [(step.state, str(step.reason)) for step in RobotStep.objects.filter(order=order).order_by("pk")]


def test_it_sends_nothing_in_a_fresh_installation(stages):
    Robot.objects.create(name="Ready", stage=stages["ready"], template=make_template())
    move_to(make_order(contact_phone=PHONE), stages["ready"])
    run_worker()
    assert received() == []
    assert not Message.objects.exists()


def test_it_tells_the_customer_once_at_each_stage_that_is_on(stages):
    for kind, words in (("new", "accepted"), ("ready", "ready"), ("on_the_way", "left")):
        make_robot(stages[kind], body=f"{{order_number}} {words}")
    order = make_order(number="17", contact_phone=PHONE)
    run_worker()
    for kind in ("preparing", "ready", "on_the_way", "delivered"):
        move_to(order, stages[kind])
        run_worker()
    assert received() == [(PHONE, "17 accepted"), (PHONE, "17 ready"), (PHONE, "17 left")]


def test_it_tells_nobody_twice_when_the_same_stage_is_set_again(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    assert move_to(order, stages["ready"]) is not None
    assert move_to(order, stages["ready"]) is None
    run_worker()
    assert len(received()) == 1


def test_it_writes_by_both_channels_when_both_addresses_are_known(stages):
    make_gateway("sandbox_email")
    make_robot(stages["ready"])
    make_robot(stages["ready"], channel="email")
    both = make_order(contact_phone=PHONE, contact_email="anna@example.com")
    phone_only = make_order(contact_phone="+48502222333")
    neither = make_order()
    for order in (both, phone_only, neither):
        move_to(order, stages["ready"])
    run_worker()
    assert [to for to, _text in received("sms")] == [PHONE, "+48502222333"]
    assert [to for to, _text in received("email")] == ["anna@example.com"]
    assert {state for state, _reason in reasons(neither)} == {StepState.SKIPPED}


def test_it_uses_the_locations_address_then_the_clients_card_then_the_companys(stages):
    make_robot(stages["ready"])
    company = make_client(kind="company")
    ContactPoint.objects.create(client=company, kind="phone", value="+48503333444")
    person = make_client(company=company)
    of_location = make_order(make_location(phone="+48504444555"))
    of_company = make_order(make_location(person))
    for order in (of_location, of_company):
        move_to(order, stages["ready"])
    run_worker()
    assert [to for to, _text in received()] == ["+48504444555", "+48503333444"]


def test_it_waits_for_the_delay(stages):
    make_robot(stages["ready"], delay_minutes=10)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=9, seconds=59))
        run_worker()
        assert received() == []
        clock.shift(datetime.timedelta(seconds=1))
        run_worker()
    assert len(received()) == 1


def test_it_stops_what_waits_when_the_order_leaves_the_stage(stages):
    make_robot(stages["ready"], delay_minutes=10)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        move_to(order, stages["on_the_way"])
        move_to(order, stages["preparing"])
        clock.shift(datetime.timedelta(minutes=11))
        run_worker()
    assert received() == []
    assert reasons(order) == [(StepState.CANCELLED, "The order has left the stage.")]


def test_it_counts_the_delay_anew_when_the_order_comes_back(stages):
    make_robot(stages["ready"], delay_minutes=10)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=8))
        move_to(order, stages["preparing"])
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=3))
        run_worker()
        assert received() == []
        clock.shift(datetime.timedelta(minutes=7))
        run_worker()
    assert len(received()) == 1


def test_it_cancels_a_message_that_is_queued_but_not_sent_when_the_order_leaves(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone="+48500000005")  # the provider asks to slow down: it waits for its next try
    move_to(order, stages["ready"])
    run_worker()
    assert Message.objects.get().state == MessageState.QUEUED
    move_to(order, stages["delivered"])
    assert Message.objects.get().state == MessageState.CANCELLED


def test_it_keeps_waiting_if_the_robot_says_so(stages):
    make_robot(stages["ready"], delay_minutes=10, keep_waiting=True)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        move_to(order, stages["on_the_way"])
        clock.shift(datetime.timedelta(minutes=11))
        run_worker()
    assert len(received()) == 1


def test_it_cancels_everything_when_the_order_is_cancelled(stages):
    make_robot(stages["ready"], delay_minutes=10, keep_waiting=True)
    make_robot(event="order_placed", days=1)
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    move_to(order, stages["cancelled"])
    assert {state for state, _reason in reasons(order)} == {StepState.CANCELLED}


def test_it_never_sends_after_the_validity_ended(stages):
    make_robot(stages["ready"], validity_minutes=20)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=21))  # no worker ran meanwhile
        run_worker()
    assert received() == []
    assert reasons(order)[0][0] == StepState.EXPIRED


def test_it_still_sends_within_the_validity_after_a_short_break(stages):
    make_robot(stages["ready"], validity_minutes=20)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=19))
        run_worker()
    assert len(received()) == 1


def test_it_holds_what_is_later_than_the_companys_limit(stages):
    make_robot(stages["ready"], validity_minutes=240)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=31))
        run_worker()
    assert received() == []
    assert reasons(order) == [(StepState.HELD, "31 minutes late: send it still?")]


def test_it_tells_about_deliveries_only(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE, fulfilment="pickup")
    move_to(order, stages["ready"])
    run_worker()
    assert received() == []
    assert reasons(order) == [(StepState.SKIPPED, "The robot tells about deliveries only; this order is: pick-up.")]


def test_it_respects_an_opt_out_and_records_it(stages):
    make_robot(stages["ready"])
    client = ContactPoint.objects.create(client=make_client(), kind="phone", value=PHONE).client
    record_opt_out(client, "sms", "service", in_words("asked by phone"))
    order = make_order(make_location(client), contact_phone="+48509999888")
    namesake = make_order(contact_phone=PHONE)  # the same number under another name
    for one in (order, namesake):
        move_to(one, stages["ready"])
    run_worker()
    assert received() == []
    assert reasons(order)[0][1].startswith("The client does not want such messages")
    assert reasons(namesake)[0][1].startswith("The address does not want such messages")


@pytest.mark.parametrize("level", ["company", "client", "client location", "order"])
def test_it_sends_nothing_where_a_level_switches_the_channel_off(stages, level):
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    owner = {
        "company": Company.current(), "client": order.client, "client location": order.location, "order": order,
    }[level]  # fmt: skip
    owner.allow_sms = False
    owner.save()
    move_to(order, stages["ready"])
    run_worker()
    assert received() == []
    assert reasons(order) == [(StepState.SKIPPED, f"SMS is switched off for this {level}.")]


def test_it_says_so_when_no_gateway_is_connected():
    stages = make_stages()
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    run_worker()
    assert reasons(order) == [(StepState.SKIPPED, "No gateway for SMS is connected: nothing can be sent.")]


def test_it_says_so_when_the_number_cannot_receive_sms(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone="+48221234567")
    move_to(order, stages["ready"])
    run_worker()
    assert reasons(order) == [(StepState.SKIPPED, "+48221234567 cannot receive SMS: it is not a mobile number.")]


def test_it_skips_what_waits_when_the_robot_is_switched_off(stages):
    robot = make_robot(stages["ready"], delay_minutes=5)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        Robot.objects.filter(pk=robot.pk).update(is_on=False)
        clock.shift(datetime.timedelta(minutes=6))
        run_worker()
    assert reasons(order) == [(StepState.SKIPPED, "The robot was switched off.")]


def test_it_refuses_a_filled_text_with_too_many_parts(stages):
    make_robot(stages["ready"], body="{contents}")
    order = make_order(contact_phone=PHONE, contents="ж" * 300)
    move_to(order, stages["ready"])
    run_worker()
    assert reasons(order) == [(StepState.FAILED, "The filled text takes 5 SMS parts; at most 4 are allowed.")]


def test_it_tells_nobody_about_a_move_that_is_to_be_silent(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"], notify=False)
    run_worker()
    assert received() == []
    assert not RobotStep.objects.exists()


def test_it_starts_all_robots_of_a_stage_at_once(stages):
    for words in ("one", "two", "three"):
        make_robot(stages["ready"], body=words)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False):
        move_to(order, stages["ready"])
    assert set(RobotStep.objects.values_list("due_at", flat=True)) == {NOON}


def test_it_marks_one_step_failed_when_its_text_cannot_be_filled_and_goes_on(stages, monkeypatch):
    make_robot(stages["ready"], body="{order_number}")
    orders = [make_order(number=number, contact_phone=PHONE) for number in ("1", "broken", "3")]

    def broken(body: str, context: dict) -> str:
        if context["order"].number == "broken":
            raise AttributeError("a bug in a placeholder")
        return render(body, context)

    monkeypatch.setattr(judging, "render", broken)
    move_orders([(order, stages["ready"]) for order in orders])
    run_worker()
    assert [text for _to, text in received()] == ["1", "3"]
    assert reasons(orders[1]) == [(StepState.FAILED, "The program failed to fill the text; the log has the details.")]
