"""Every stop against every state: what was stopped reaches nobody, wherever it stood at that moment.

The row "nothing" shows that each state does lead to the customer.
"""

import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from locations.consent import suppress
from locations.models import Company
from locations.values.reasons import in_words
from messaging.gateways.adapters import Accepted, Fault, Refused
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import resend
from messaging.outbox.sending.recording import Result, apply, store
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot
from messaging.robots.steps.running import run_due_steps
from orders.models import Order
from orders.moves import move_to
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.robots.standing import BUSY, NOON, PHONE, STATES, answer, claim, doubt, minutes, work_on
from tests.running_worker import received, run_worker


def nothing(_order: Order, _client) -> None:
    return


def leave(order: Order, _client) -> None:
    move_to(order, make_stages()["on_the_way"])


def cancel(order: Order, _client) -> None:
    move_to(order, make_stages()["cancelled"])


def delete(order: Order, _client) -> None:
    Order.objects.filter(pk=order.pk).delete()


def opt_out(_order: Order, _client) -> None:
    suppress([PHONE], "sms", "service", in_words("STOP"))


def switch_off(_order: Order, client) -> None:
    client.force_login(make_user(is_superuser=True))
    client.post(reverse("admin:robots_robot_switch", args=[Robot.objects.get().pk]), {"is_on": "0"})
    assert not Robot.objects.get().is_on


STOPS = [nothing, leave, cancel, delete, opt_out, switch_off]


@pytest.fixture
def order():
    """An order whose robot speaks five minutes after it became ready."""
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"], delay_minutes=5, body="Ready")
    with time_machine.travel(NOON, tick=False):
        order = make_order(contact_phone=PHONE)
        move_to(order, stages["ready"])
    return order


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
def test_what_was_stopped_reaches_nobody_wherever_it_stood(order, client, stop, state):
    with time_machine.travel(NOON, tick=False) as clock:
        come_back = STATES[state](clock)
        stop(order, client)
        come_back()
        work_on(clock)
    assert len(received()) == (stop is nothing)
    ended = set(Message.objects.values_list("state", flat=True))
    assert ended <= {MessageState.CANCELLED, MessageState.REFUSED, MessageState.FAILED, MessageState.DELIVERED}


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_stop_all_keeps_it_wherever_it_stood_until_it_is_lifted(order, state):
    with time_machine.travel(NOON, tick=False) as clock:
        come_back = STATES[state](clock)
        Company.objects.update_or_create(pk=1, defaults={"is_sending_stopped": True})
        come_back()
        clock.shift(minutes(5))
        run_worker()
        assert received() == []
        Company.objects.update(is_sending_stopped=False)
        work_on(clock)
    assert len(received()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (leave, "The order has left the stage."),
        (cancel, "The order was cancelled."),
        (delete, "The order was deleted."),
    ],
)
def test_what_the_provider_did_take_stays_sent_and_what_it_did_not_says_why(order, client, stop, reason):
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(minutes(10))
        run_due_steps(timezone.now())
        message, owner = claim()
        stop(order, client)
        noted = Message.objects.get()
        assert (noted.state, str(noted.unwanted)) == (MessageState.SENDING, reason)
        taken = Message.objects.get()
        with transaction.atomic():
            answer(taken, owner, Accepted("SM1"))
            assert Message.objects.get().state == MessageState.SENT
            transaction.set_rollback(True)
        answer(message, owner, BUSY)
    ended = Message.objects.get()
    assert (ended.state, str(ended.reason)) == (MessageState.CANCELLED, reason)


@pytest.mark.django_db
def test_a_doubt_about_what_is_wanted_no_more_is_settled_without_sending_it_again(order, client):
    with time_machine.travel(NOON, tick=False) as clock:
        message = doubt(clock)
        leave(order, client)
        client.force_login(make_user(is_superuser=True))
        page = client.post(f"/admin/outbox/message/{message.pk}/lost/do/", follow=True).content.decode()
        run_worker()
    message.refresh_from_db()
    assert (message.state, received()) == (MessageState.FAILED, [])
    assert "It is not sent again: The order has left the stage." in str(message.reason)
    assert "It is not sent again: The order has left the stage." in page
    assert "Somebody has settled this already" not in page


@pytest.mark.django_db
def test_it_stops_what_was_sent_again_and_again(order, client):
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(minutes(10))
        run_due_steps(timezone.now())
        for _again in range(2):
            message, owner = claim()
            answer(message, owner, Refused(in_words("No such number."), True, Fault.RECIPIENT))
            resend(Message.objects.get(pk=message.pk))
        leave(order, client)
        work_on(clock)
    assert received() == []
    assert Message.objects.latest("pk").state == MessageState.CANCELLED


# --- At the same moment -----------------------------------------------------------------------------------------------


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", [leave, cancel, delete])
@pytest.mark.parametrize("first", ["the answer", "the stop"])
def test_a_stop_and_an_answer_at_the_same_moment_do_not_miss_each_other(order, stop, first):
    with time_machine.travel(NOON + minutes(10), tick=False):
        run_due_steps(timezone.now())
        message, owner = claim()
        apply(message, BUSY)
        works = {
            "the answer": lambda: store([Result(message, BUSY, timezone.now(), 5)], owner),
            "the stop": lambda: stop(order, None),
        }
        second = next(name for name in works if name != first)

        def begin_second() -> None:
            with transaction.atomic():
                works[second]()

        with transaction.atomic():
            works[first]()
            other = in_thread(begin_second)
            other.join(0.3)  # it waits for the first one, which has not committed yet
        other.join(20)
    assert not other.is_alive()
    ended = Message.objects.get()
    assert ended.state == MessageState.CANCELLED
    assert str(ended.reason).startswith("The order")
