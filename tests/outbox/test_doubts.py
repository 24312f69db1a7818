"""Doubts that resolve themselves, and those that only a person may resolve."""

import datetime
import uuid

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from messaging.gateways.models import SandboxDelivery
from messaging.outbox.claiming import claim_messages
from messaging.outbox.clock import database_now
from messaging.outbox.doubts import AGAIN, ASLEEP, TWIN
from messaging.outbox.models import Message, MessageState
from messaging.outbox.operations import queue_messages
from tests.gateways.twilio_server import CUT_RECIPIENT, TwilioServer
from tests.makers import make_gateway
from tests.worker import run_worker

pytestmark = pytest.mark.django_db


def queued(to: str = "+48501234567") -> Message:
    return queue_messages([Message(channel="sms", to=to, body="Hello")])[0]


def interrupted() -> Message:
    """A message whose worker never came back."""
    message = queued()
    with transaction.atomic():
        claim_messages(uuid.uuid4(), lambda *_: 1, 1, timezone.now())
    Message.objects.update(lease_until=database_now() - datetime.timedelta(seconds=1))
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT
    return message


def ask_again(message: Message, minutes: int = 2) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes)):
        run_worker()
    message.refresh_from_db()


def test_it_finds_at_the_provider_what_an_interrupted_worker_had_sent():
    make_gateway("sandbox_sms")
    message = interrupted()
    SandboxDelivery.objects.create(key=message.key, channel="sms", to=message.to, body="Hello", outcome="delivered")
    ask_again(message)
    assert message.state == MessageState.DELIVERED
    assert SandboxDelivery.objects.count() == 1


def test_it_never_repeats_by_itself_what_a_sleeping_worker_might_still_send():
    make_gateway("sandbox_sms")
    message = interrupted()
    ask_again(message)
    assert (message.state, message.reason) == (MessageState.IN_DOUBT, ASLEEP)
    assert not SandboxDelivery.objects.exists()


def test_it_looks_up_at_twilio_what_was_cut_off_after_it_had_arrived():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        message = queued(CUT_RECIPIENT)
        run_worker()
        message.refresh_from_db()
        assert message.state == MessageState.IN_DOUBT
        ask_again(message)
        requests = len(twilio.requests)
    assert requests == (1 if message.state == MessageState.SENT else 2)
    assert message.state == MessageState.SENT or message.reason == AGAIN


def test_it_stops_asking_after_some_time():
    make_gateway("sandbox_sms")
    message = interrupted()
    for hours in (1, 2, 4, 8, 16):
        ask_again(message, minutes=60 * hours)
    assert message.look_up_at is None
    assert message.state == MessageState.IN_DOUBT


def test_it_does_not_take_a_twin_for_the_message_in_doubt():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        twin = queued()
        run_worker()
        twin.refresh_from_db()
        assert twin.state == MessageState.SENT
        message = interrupted()
        ask_again(message)
    assert (message.state, message.reason) == (MessageState.IN_DOUBT, TWIN)
