"""A drain ends after some seconds, whatever waits: an order's message must not pay for that."""

import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.sending.drain import Drain
from messaging.outbox.states import MessageState
from messaging.worker.slots import prepare_slots, take_slot
from messaging.worker.wakeup import Ear
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db(transaction=True)


def make_drain() -> Drain:
    prepare_slots()
    taken = take_slot(timezone.now())
    return Drain(taken.slot_id, taken.owner)


def queue(body: str, lane: Lane) -> None:
    queue_messages([Message(channel="sms", to="+48501234567", body=body, lane=lane)])


def test_it_sends_what_orders_say_while_answers_are_still_to_come(settings):
    settings.DRAIN_SECONDS = 0.3
    with TwilioServer(delay=2) as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        queue("first of the campaign", Lane.CAMPAIGNS)
        drain = make_drain()

        def queue_more() -> None:
            while not twilio.requests or time.monotonic() < drain.ends_at:
                time.sleep(0.02)
            queue("second of the campaign", Lane.CAMPAIGNS)
            queue("Your order is ready", Lane.ORDERS)
            connection.close()

        thread = threading.Thread(target=queue_more)
        thread.start()
        drain.run()
        thread.join()
        assert [form["Body"] for form in twilio.requests] == ["first of the campaign", "Your order is ready"]
        assert twilio.arrived_at[1] - twilio.arrived_at[0] < 2
    assert Message.objects.get(body="second of the campaign").state == MessageState.QUEUED


def test_when_it_ends_it_wakes_the_dispatcher_for_what_is_left(settings):
    settings.DRAIN_SECONDS = 0
    make_gateway()
    queue("Your order is ready", Lane.ORDERS)
    drain, ear = make_drain(), Ear()
    ear.wait()
    ear.wait()
    ear.was_woken = False

    def run() -> None:
        drain.run()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    ear.wait()
    assert ear.was_woken
