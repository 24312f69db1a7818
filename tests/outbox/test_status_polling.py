"""A site that nobody outside can reach asks its providers what became of the messages."""

import datetime

import pytest
import time_machine
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from messaging.gateways.models import Gateway
from messaging.outbox.models import Message, Receipt
from messaging.outbox.receipts.status_polling import ASK_AFTER_MINUTES, ask, ask_all
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


@pytest.fixture
def gateway(twilio) -> Gateway:
    return make_gateway("twilio_sms", config=twilio.config())


def send(gateway: Gateway, to: str = PHONE) -> Message:
    message = Message.objects.create(gateway=gateway, channel="sms", to=to, body="Hello")
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    return message


def test_it_learns_that_a_message_arrived(gateway, twilio):
    with time_machine.travel(NOON, tick=False) as clock:
        message = send(gateway)
        twilio.kept[message.provider_id] |= {"status": "delivered", "date_updated": "Mon, 02 Mar 2026 12:00:30 +0000"}
        clock.shift(70)
        assert ask(gateway.pk) == 1
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == (MessageState.DELIVERED, NOON + datetime.timedelta(seconds=30))
    assert Receipt.objects.get().status == "delivered"


def test_it_learns_why_a_message_did_not_arrive(gateway, twilio):
    with time_machine.travel(NOON, tick=False) as clock:
        message = send(gateway)
        twilio.kept[message.provider_id] |= {"status": "undelivered", "error_code": 30003}
        clock.shift(70)
        ask(gateway.pk)
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (MessageState.FAILED, "The phone is switched off or out of reach.")


def test_to_hear_nothing_new_leaves_no_trace(gateway, twilio):
    with time_machine.travel(NOON, tick=False) as clock:
        message = send(gateway)
        twilio.kept[message.provider_id]["status"] = "sent"
        clock.shift(70)
        assert ask(gateway.pk) == 0
    assert not Receipt.objects.exists()


def test_it_asks_ever_more_seldom_for_two_days(gateway, twilio):
    with time_machine.travel(NOON, tick=False) as clock:
        send(gateway)
        asked_at = []
        for minute in range(1, 60 * 49):
            clock.shift(60)
            if minute < 70 or minute % 60 < 2 or minute > 60 * 47:
                before = len(twilio.asked)
                ask(gateway.pk)
                asked_at += [minute] * (len(twilio.asked) - before)
    assert set(ASK_AFTER_MINUTES) <= set(asked_at)
    assert len(asked_at) <= 2 * len(ASK_AFTER_MINUTES)  # twice at most, since a task may come a little early or late
    assert max(asked_at) < 48 * 60


def test_a_provider_that_does_not_answer_changes_nothing(gateway, twilio):
    with time_machine.travel(NOON, tick=False) as clock:
        message = send(gateway)
        del twilio.kept[message.provider_id]
        clock.shift(70)
        assert ask(gateway.pk) == 0
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_each_provider_is_asked_in_a_task_of_its_own(gateway, twilio, settings):
    make_gateway("smtp", config={"host": "127.0.0.1", "port": "1", "security": "none", "sender": "a@shop.example"})
    with time_machine.travel(NOON, tick=False) as clock:
        send(gateway)
        ask_all()
        assert not OrmQ.objects.exists()
        clock.shift(70)
        ask_all()
        [task] = OrmQ.objects.all()
        assert SignedPackage.loads(task.payload)["args"] == (gateway.pk,)
        settings.PUBLIC_URL = "https://shop.example"
        ask_all()
        assert OrmQ.objects.count() == 1
