"""What answers teach: dead addresses, opt-outs known to the provider, gateways in trouble."""

import datetime
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from locations.models import Suppression
from locations.values.reasons import in_words
from messaging.gateways.adapters import Accepted, Fault, Refused, Unknown
from messaging.outbox.gateway_health.consequences import learn
from messaging.outbox.models import Message, UnusableAddress
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.claiming import rows_of
from messaging.outbox.sending.recording import Result
from messaging.outbox.states import MessageState
from tests.makers import make_gateway
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
BUSY = Refused(in_words("The provider asks to slow down."), False, Fault.PROVIDER, "20429")


def queued(to: str = "+48501234567", **fields) -> Message:
    return queue_messages([Message(channel="sms", to=to, body="Hello", **fields)])[0]


def answers_of(gateway, *outcomes) -> None:
    now = timezone.now()
    learn([Result(Message(gateway=gateway, to="+48501234567", channel="sms"), one, now, 1) for one in outcomes], now)


def answers(gateway, *outcomes) -> None:
    answers_of(gateway, *outcomes)
    gateway.refresh_from_db()


def test_it_tries_a_dead_number_no_more_until_the_mark_is_taken_away():
    make_gateway("sandbox_sms")
    queued("+48500000001")
    run_worker()
    mark = UnusableAddress.objects.get()
    assert (mark.address, str(mark.reason)) == ("+48500000001", "The number does not exist.")
    second = queued("+48500000001")
    run_worker()
    second.refresh_from_db()
    assert second.state == MessageState.REFUSED
    assert str(second.reason).endswith("The number does not exist.")
    mark.delete()
    third = queued("+48500000001")
    run_worker()
    third.refresh_from_db()
    assert third.attempts == 1


def test_it_learns_of_a_stop_that_only_the_provider_knew():
    make_gateway("sandbox_sms")
    queued("+48500000004")
    run_worker()
    assert set(Suppression.objects.values_list("address", "purpose")) == {
        ("+48500000004", "service"),
        ("+48500000004", "advertising"),
    }


def test_it_lets_a_gateway_rest_after_five_failures_in_a_row():
    gateway = make_gateway("twilio_sms")
    answers(gateway, *[BUSY] * 4)
    assert gateway.resting_until is None
    answers(gateway, Unknown(in_words("No answer.")))
    assert gateway.resting_until is not None


def test_it_forgets_failures_as_soon_as_one_message_gets_through():
    gateway = make_gateway("twilio_sms")
    answers(gateway, *[BUSY] * 4)
    answers(gateway, Accepted("SM1"))
    answers(gateway, BUSY)
    assert (gateway.failures_in_row, gateway.resting_until) == (1, None)


def test_it_does_not_blame_the_gateway_for_a_bad_number():
    gateway = make_gateway("twilio_sms")
    answers(gateway, *[Refused(in_words("No such number."), True, Fault.RECIPIENT)] * 9)
    assert gateway.failures_in_row == 0


def test_it_gives_what_waits_to_the_next_gateway_but_nothing_in_doubt():
    first, second = make_gateway("twilio_sms", weight=20), make_gateway("twilio_sms", weight=10)
    waiting, doubtful = queued(), queued(state=MessageState.IN_DOUBT)
    answers(first, *[BUSY] * 5)
    for message in (waiting, doubtful):
        message.refresh_from_db()
    assert (waiting.gateway, doubtful.gateway) == (second, first)
    assert queued().gateway == second


def test_it_never_lets_the_sandbox_stand_in_for_a_real_gateway():
    make_gateway("sandbox_sms")
    real = make_gateway("twilio_sms")
    waiting = queued()
    answers(real, Refused(in_words("The token is wrong."), False, Fault.US, pauses_gateway=True))
    run_worker()
    waiting.refresh_from_db()
    assert (waiting.gateway, waiting.state) == (real, MessageState.QUEUED)
    assert received() == []


def test_it_comes_back_slowly_after_a_rest():
    gateway = make_gateway("twilio_sms", config={"account_sid": "x"})
    for number in range(3):
        queued(f"+4850123456{number}")
    answers(gateway, *[BUSY] * 5)
    later = timezone.now() + datetime.timedelta(minutes=2)
    with time_machine.travel(later), transaction.atomic():
        assert len(rows_of(gateway, lambda *_: 64, 200, later)) == 1
        answers(gateway, Accepted("SM1"))
        assert len(rows_of(gateway, lambda *_: 64, 200, later)) == 3


@pytest.mark.django_db(transaction=True)
def test_it_counts_every_failure_of_drains_that_answer_at_the_same_time():
    gateway = make_gateway("twilio_sms")
    start = threading.Barrier(4)

    def drain() -> None:
        start.wait()
        with transaction.atomic():
            answers_of(gateway, BUSY)
        connection.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gateway.refresh_from_db()
    assert gateway.failures_in_row == 4


def test_many_that_fail_together_send_it_to_its_first_rest_only():
    gateway = make_gateway("twilio_sms")
    with time_machine.travel(NOON, tick=False) as clock:
        answers(gateway, *[BUSY] * 64)
        answers(gateway, *[BUSY] * 20)  # were under way when the rest began
        assert gateway.resting_until == NOON + datetime.timedelta(seconds=30)
        for seconds in (60, 120, 300, 300):
            clock.move_to(gateway.resting_until)
            answers(gateway, BUSY)
            assert gateway.resting_until == timezone.now() + datetime.timedelta(seconds=seconds)
        answers(gateway, Accepted("SM1"))
        assert (gateway.failures_in_row, gateway.resting_until) == (0, None)
