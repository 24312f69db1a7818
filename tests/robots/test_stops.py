"""Every stop against every state: what was stopped reaches nobody, wherever it stood at that moment.

The message is brought back afterwards by whatever brings it back: its time, an approval, a provider that certainly did
not take it. The row "nothing" shows that each state does lead to the customer.
"""

import datetime
import threading
import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from locations.consent import suppress
from locations.models import Account
from messaging.gateways.adapters import Accepted, Fault, NotFound, Outcome, Refused, Unknown
from messaging.gateways.models import Gateway
from messaging.outbox.claiming import claim_messages
from messaging.outbox.doubts import settle
from messaging.outbox.models import Message, MessageState
from messaging.outbox.operations import approve, resend, settle_doubt
from messaging.outbox.results import Result, apply, store
from messaging.robots.models import Robot, RobotRun, StepState
from messaging.robots.operations import approve_steps
from messaging.robots.running import run_due_steps
from orders.models import Order
from orders.moves import move_to, reschedule_orders
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.worker import received, run_worker

PHONE = "+48501234567"
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
BUSY = Refused("The provider is busy.", False, Fault.PROVIDER, "503", retry_after=1)
SLOWER = Refused("The provider asks to slow down.", False, Fault.PROVIDER, "429", retry_after=1, slows="recipient")
TOKEN_GONE = Refused("The token is wrong.", False, Fault.US, "401", pauses_gateway=True)


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)


# --- Where a message may stand when it is stopped ---------------------------------------------------------------------


def claim() -> tuple[Message, uuid.UUID]:
    owner = uuid.uuid4()
    with transaction.atomic():
        (message,) = claim_messages(owner, lambda *_: 1, 1, timezone.now())
    return message, owner


def answer(message: Message, owner: uuid.UUID, outcome: Outcome) -> None:
    apply(message, outcome)
    with transaction.atomic():
        store([Result(message, outcome, timezone.now(), 5)], owner)


def planned(_clock) -> Callable[[], None]:
    return lambda: None


def postponed(_clock) -> Callable[[], None]:
    RobotRun.objects.update(state=StepState.POSTPONED)
    return lambda: None


def held_step(clock) -> Callable[[], None]:
    clock.shift(minutes(45))
    run_due_steps(timezone.now())
    assert RobotRun.objects.get().state == StepState.HELD
    return lambda: approve_steps(RobotRun.objects.all())


def queued(clock) -> Callable[[], None]:
    clock.shift(minutes(10))
    Gateway.objects.update(paused_at=timezone.now())
    run_worker()
    assert Message.objects.get().state == MessageState.QUEUED
    return lambda: Gateway.objects.update(paused_at=None)


def held(clock) -> Callable[[], None]:
    resume = queued(clock)
    clock.shift(minutes(45))
    resume()
    run_worker()
    assert Message.objects.get().state == MessageState.HELD
    return lambda: approve(Message.objects.all())


def sending(outcome: Outcome) -> Callable[[object], Callable[[], None]]:
    def stand(clock) -> Callable[[], None]:
        clock.shift(minutes(10))
        run_due_steps(timezone.now())
        message, owner = claim()

        def come_back() -> None:
            answer(message, owner, outcome)
            Gateway.objects.update(paused_at=None)

        return come_back

    return stand


def doubt(clock) -> Message:
    clock.shift(minutes(10))
    run_due_steps(timezone.now())
    message, owner = claim()
    answer(message, owner, Unknown("No answer."))
    return Message.objects.get(pk=message.pk)


def in_doubt(clock) -> Callable[[], None]:
    message = doubt(clock)
    return lambda: settle(message, NotFound())


def lost(clock) -> Callable[[], None]:
    message = doubt(clock)
    return lambda: settle_doubt(message, arrived=False)


STATES = {
    "planned": planned,
    "postponed": postponed,
    "held step": held_step,
    "queued": queued,
    "held": held,
    "sending, then busy": sending(BUSY),
    "sending, then slower": sending(SLOWER),
    "sending, then paused": sending(TOKEN_GONE),
    "in doubt, not found": in_doubt,
    "in doubt, settled by hand": lost,
}


# --- What may stop it -------------------------------------------------------------------------------------------------


def nothing(_order: Order, _client) -> None:
    return


def leave(order: Order, _client) -> None:
    move_to(order, make_stages()["on_the_way"])


def cancel(order: Order, _client) -> None:
    move_to(order, make_stages()["cancelled"])


def delete(order: Order, _client) -> None:
    Order.objects.filter(pk=order.pk).delete()


def opt_out(_order: Order, _client) -> None:
    suppress([PHONE], "sms", "service", "STOP")


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


def work_on(clock) -> None:
    """Half an hour passes."""
    for _look in range(6):
        clock.shift(minutes(5))
        run_worker()


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
        Account.objects.update_or_create(pk=1, defaults={"is_sending_stopped": True})
        come_back()
        clock.shift(minutes(5))
        run_worker()
        assert received() == []
        Account.objects.update(is_sending_stopped=False)
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
        assert (noted.state, noted.unwanted) == (MessageState.SENDING, reason)
        taken = Message.objects.get()
        with transaction.atomic():
            answer(taken, owner, Accepted("SM1"))
            assert Message.objects.get().state == MessageState.SENT
            transaction.set_rollback(True)
        answer(message, owner, BUSY)
    ended = Message.objects.get()
    assert (ended.state, ended.reason) == (MessageState.CANCELLED, reason)


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
    assert "It is not sent again: The order has left the stage." in message.reason
    assert "It is not sent again: The order has left the stage." in page
    assert "Somebody has settled this already" not in page


@pytest.mark.django_db
def test_it_stops_what_was_sent_again_and_again(order, client):
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(minutes(10))
        run_due_steps(timezone.now())
        for _again in range(2):
            message, owner = claim()
            answer(message, owner, Refused("No such number.", True, Fault.RECIPIENT))
            resend(Message.objects.get(pk=message.pk))
        leave(order, client)
        work_on(clock)
    assert received() == []
    assert Message.objects.latest("pk").state == MessageState.CANCELLED


# --- Messages about an arrival ----------------------------------------------------------------------------------------

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
    assert ended.reason.startswith("The order")
