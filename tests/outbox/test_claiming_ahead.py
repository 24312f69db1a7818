"""How many messages a drain claims before there is a place for them: what a killed worker leaves in doubt."""

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from messaging.gateways.models import Gateway
from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.sending.sender import Sender
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.processes import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway():
    with TwilioServer() as twilio:
        yield make_gateway("twilio_sms", config=twilio.config(), concurrency=3)


def queue(count: int, lane: int = Lane.ORDERS) -> None:
    queue_messages([Message(channel="sms", to="+48501234567", body="Hello", lane=lane) for _ in range(count)])


@transaction.atomic
def claim(sender: Sender) -> list[Message]:
    return claim_messages(uuid.uuid4(), sender.room, 100, timezone.now())


def send(sender: Sender, messages: list[Message]) -> None:
    """Until all are answered, gathered at once."""
    sender.hand_over(messages, 0)
    wait_until(lambda: len(sender.answers) == len(messages), "all are answered")
    sender.gather(can_wait=False)


def test_it_claims_one_for_each_place(gateway: Gateway):
    queue(20)
    assert len(claim(Sender(1))) == 3


def test_it_claims_ahead_as_many_as_come_back_between_two_claims(gateway: Gateway):
    queue(40)
    sender = Sender(1)
    sizes = []
    for _claim in range(4):
        messages = claim(sender)
        sizes.append(len(messages))
        send(sender, messages)
    assert sizes == [3, 6, 9, 12]


def test_orders_are_claimed_while_campaigns_fill_all_places(gateway: Gateway):
    queue(20, lane=Lane.CAMPAIGNS)
    sender = Sender(1)
    for message in claim(sender):
        sender.held[gateway.pk, message.lane] += 1
    queue(20)
    assert {message.lane for message in claim(sender)} == {Lane.ORDERS}
    assert sender.room(gateway, Lane.CAMPAIGNS) == 0
