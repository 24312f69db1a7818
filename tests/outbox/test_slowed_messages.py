"""What a slow-down costs a message: time, and nothing else."""

import datetime
from email.utils import format_datetime

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from messaging.gateways.adapters.smsapi.errors import VERDICTS
from messaging.gateways.models import Gateway
from messaging.outbox.gateway_health.consequences import learn
from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.sending.recording import Result
from messaging.outbox.states import MessageState
from messaging.worker.clock import database_now
from tests.gateways.smsapi_server import SmsApiServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.outbox.test_pace import queue
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db(transaction=True)
HURRIED = "+15005550011"
DAY_IS_FULL = "+15005550017"
TOO_MANY_TO_ONE = VERDICTS[52]
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


def slowed(twilio: TwilioServer, to: str = HURRIED, **fields) -> Message:
    """A message of an order that was told to slow down."""
    make_gateway("twilio_sms", config=twilio.config())
    (message,) = queue_messages([Message(channel="sms", to=to, body="Hello", **fields)])
    run_worker()
    message.refresh_from_db()
    return message


def test_it_costs_the_message_no_try_and_is_said_in_words():
    with TwilioServer(retry_after="20") as twilio:
        message = slowed(twilio)
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert str(message.reason) == "Twilio asks to slow down. It waits for its turn."
    assert Gateway.objects.get().failures_in_row == 0


@pytest.mark.parametrize("said", ["20", "a date"])
def test_the_gateway_waits_as_long_as_it_was_told(said):
    until = format_datetime(database_now() + datetime.timedelta(seconds=20), usegmt=True)
    with TwilioServer(retry_after=until if said == "a date" else said) as twilio:
        slowed(twilio)
        queue(1, Lane.ORDERS)
        run_worker()
        wait = (Gateway.objects.get().rate_full_at - database_now()).total_seconds()
        assert 15 < wait <= 22
        assert len(twilio.requests) == 1


def test_a_message_that_alone_is_told_to_slow_down_holds_up_no_other():
    with TwilioServer(retry_after="20") as twilio:
        slowed(twilio)
        queue(3, Lane.ORDERS)
        for _wait in range(4):
            Gateway.objects.update(rate_full_at=database_now(), paced_at=None)
            run_worker()
    assert len(twilio.messages) == 3


def test_a_long_wait_makes_other_gateways_preferred_and_is_an_hour_at_most():
    with TwilioServer(retry_after="9" * 5000) as twilio, TwilioServer() as other:
        message = slowed(twilio)
        gateway = Gateway.objects.get()
        assert 3500 < (gateway.resting_until - database_now()).total_seconds() < 4000
        make_gateway("twilio_sms", config=other.config(), weight=1)
        (next_one,) = queue(1)
        assert next_one.gateway.weight == 1
    assert message.state == MessageState.QUEUED


def test_after_a_long_wait_one_message_asks_whether_it_goes_on():
    with TwilioServer(retry_after="1") as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        queue_messages([Message(channel="sms", to=DAY_IS_FULL, body="Hello") for _number in range(6)])
        run_worker()
        asked = len(twilio.requests)
        gateway = Gateway.objects.get()
        assert gateway.resting_until - database_now() > datetime.timedelta(minutes=55)
        past = database_now() - datetime.timedelta(milliseconds=1)
        Gateway.objects.update(resting_until=past, paced_at=past)  # an hour later
        run_worker()
    assert asked == 6
    assert len(twilio.requests) == 7
    assert set(Message.objects.values_list("state", "attempts")) == {(MessageState.QUEUED, 0)}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"expires_at": NOON + datetime.timedelta(minutes=30)}, "Its validity ended at 2 Mar 13:30"),
        ({}, "Twilio asks to slow down. Given up after 24 hours."),
    ],
)
def test_it_waits_until_its_validity_ends_or_for_a_day(fields, reason):
    with TwilioServer(retry_after="1") as twilio, time_machine.travel(NOON, tick=False) as clock:
        message = slowed(twilio, purpose="staff", **fields)
        for hours in (0.4, 0.6, 22.9, 23):
            clock.move_to(NOON + datetime.timedelta(hours=hours))
            Gateway.objects.update(rate_full_at=database_now(), paced_at=None)
            run_worker()
            message.refresh_from_db()
            assert (message.state == MessageState.QUEUED) == (hours < 0.5 or (hours < 24 and not fields))
        clock.move_to(NOON + datetime.timedelta(hours=24))
        Gateway.objects.update(rate_full_at=database_now(), paced_at=None)
        run_worker()
        message.refresh_from_db()
    assert message.state == MessageState.EXPIRED
    assert str(message.reason).startswith(reason)


def test_one_number_that_has_too_many_waits_alone():
    with SmsApiServer() as smsapi, time_machine.travel(NOON, tick=False) as clock:
        gateway = make_gateway("smsapi", config=smsapi.config())
        crowded, other = queue_messages(
            [Message(channel="sms", to=to, body="Hello") for to in ("+48500000052", "+48501234567")]
        )
        run_worker()
        for message in (crowded, other):
            message.refresh_from_db()
        gateway.refresh_from_db()
        assert (other.state, crowded.state, crowded.attempts) == (MessageState.SENT, MessageState.QUEUED, 0)
        assert crowded.send_at == NOON + datetime.timedelta(seconds=60)
        assert str(crowded.reason) == "Too many messages to this number within a minute. Next try 13:01:00."
        assert gateway.paced_at is None
        for _minute in range(10):  # more often than a message is tried at all
            clock.shift(datetime.timedelta(seconds=61))
            run_worker()
    crowded.refresh_from_db()
    assert (crowded.state, crowded.attempts, len(smsapi.requests)) == (MessageState.QUEUED, 0, 12)


def test_many_recipients_who_have_too_many_mean_the_gateway():
    with SmsApiServer() as smsapi:
        gateway = make_gateway("smsapi", config=smsapi.config())
        answers = [
            Result(Message(gateway=gateway, to=f"+4850000{n:04}", channel="sms"), TOO_MANY_TO_ONE, timezone.now(), 1)
            for n in range(3)
        ]
        with transaction.atomic():
            learn(answers, timezone.now())
    gateway.refresh_from_db()
    assert gateway.paced_at is not None


# --- Waiting for a turn is not being late -----------------------------------------------------------------------------


def test_what_waits_for_its_turn_for_an_hour_is_not_held():
    make_gateway("sandbox_sms", rate_per_second=1)
    with time_machine.travel(NOON, tick=False) as clock:
        queue(5)
        for _turn in range(5):
            run_worker()
            clock.shift(datetime.timedelta(minutes=15))
            Gateway.objects.update(rate_full_at=database_now())
    assert len(received()) == 5


def test_what_stood_still_behind_a_paused_gateway_is_held_though_it_has_a_rate():
    make_gateway("sandbox_sms", rate_per_second=1)
    with time_machine.travel(NOON, tick=False) as clock:
        queue(1)
        run_worker()
        Gateway.objects.update(paced_at=None, paused_at=timezone.now())
        queue(2)
        clock.shift(datetime.timedelta(minutes=45))
        Gateway.objects.update(paused_at=None, rate_full_at=database_now() - datetime.timedelta(minutes=45))
        run_worker()
    assert Message.objects.filter(state=MessageState.HELD).count() >= 1
