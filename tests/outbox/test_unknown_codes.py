"""A code that nobody knows must not burn a whole queue: after five in a row the gateway stops and asks."""

import pytest

from locations.values.reasons import NONE
from messaging.gateways.models import Gateway
from messaging.outbox.gateway_health import unknown_codes
from messaging.outbox.models import Message, UnusableAddress
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.gateways.serwersms_server import SerwerSmsServer
from tests.gateways.smsapi_server import SmsApiServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
ACCOUNT = [
    *(10001, 10002, 20003, 20005, 21210, 21212, 21601, 21603, 21606, 21607, 21657, 21659, 21660, 21661, 21701, 21702),
    *(21703, 21704, 21705, 21709, 21711, 21712, 30002, 30037, 63001, 63002, 63007, 63008, 63020, 63051, 572001, 573004),
]
LATER = [10004, 14107, 21611, 30001, 30022, 30023, 30453, 30454, 63010, 63012, 63017, 63018, 63038]


def queue(count: int, **fields: str) -> list[Message]:
    own = {"channel": "sms", "body": "Hello", **fields}
    return queue_messages([Message(to=f"+48501{number:06}", **own) for number in range(count)])


def states() -> dict[str, int]:
    found = Message.objects.values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


def resume(gateway: Gateway, sender: str) -> None:
    config = gateway.config
    gateway.config = {**config, "sender": sender}
    gateway.paused_at, gateway.pause_reason = None, NONE
    gateway.failures_in_row, gateway.resting_until = 0, None
    gateway.save()


def test_of_a_thousand_messages_four_fail_and_the_rest_waits_for_a_person():
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config(sender="+159929998"))
        queue(1000)
        run_worker()
        assert states() == {MessageState.FAILED: 4, MessageState.QUEUED: 996}
        assert len(twilio.requests) < 400  # what was claimed when the fifth answer came
        gateway.refresh_from_db()
        assert str(gateway.pause_reason).startswith(
            "5 messages in a row were refused with the code 29998, which this program"
        )
        assert str(gateway.pause_reason).endswith("Twilio refused it: Unable to create record: The chosen error")
        resume(gateway, "+15005550006")
        run_worker()
        assert states() == {MessageState.FAILED: 4, MessageState.SENT: 996}


def test_strange_refusals_that_others_divide_stop_nothing():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), concurrency=1)
        for number in range(8):
            queue_messages([Message(channel="sms", to="+15005550016", body=f"Hello {number}")])
            queue_messages([Message(channel="sms", to=f"+4850123456{number}", body="Hello")])
            run_worker()
    assert states() == {MessageState.FAILED: 8, MessageState.SENT: 8}


def test_a_resumed_gateway_is_not_held_for_ever_by_one_strange_message(monkeypatch):
    monkeypatch.setattr(unknown_codes, "UNDER_WAY_SECONDS", 0)
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config(sender="+159929998"), concurrency=1)
        queue(10)
        run_worker()
        first = states()
        gateway.refresh_from_db()
        resume(gateway, "+159929998")
        run_worker()
        assert states()[MessageState.FAILED] > first[MessageState.FAILED]


@pytest.mark.parametrize("code", ACCOUNT)
def test_what_is_the_account_s_or_the_sender_s_at_twilio_stops_the_gateway_at_once(code):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config(sender=f"+1599{code}"))
        [message] = queue(1)
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert gateway.paused_at is not None
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)


@pytest.mark.parametrize("code", LATER)
def test_what_may_work_later_at_twilio_is_tried_later(code):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config(sender=f"+1599{code}"))
        [message] = queue(1)
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert gateway.paused_at is None
    assert message.state == MessageState.QUEUED
    assert message.tries.get().code == str(code)


@pytest.mark.parametrize(
    "code", [21265, 21266, 21612, 21618, 21624, 30018, 30024, 30032, 30034, 30035, 30042, 30044, 63015, 63032, 63049]
)
def test_what_concerns_one_message_at_twilio_fails_with_a_sentence_and_kills_no_number(code):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config(sender=f"+1599{code}"))
        [message] = queue(1)
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert (gateway.paused_at, message.state) == (None, MessageState.FAILED)
    assert "chosen error" not in str(message.reason)
    assert message.tries.get().fault != "unknown"


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1005, 1007, 3000, 3001, 3002, 3003, 3100])
def test_what_is_the_account_s_at_serwersms_keeps_its_messages(code):
    with SerwerSmsServer() as server:
        gateway = make_gateway("serwersms", config=server.config())
        [message] = queue_messages([Message(channel="sms", to=f"+48500{code:06}", body="Hello")])
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert (gateway.paused_at is not None, message.state) == (True, MessageState.QUEUED)


@pytest.mark.parametrize(("code", "is_dead"), [(1006, False), (2001, True)])
def test_what_concerns_one_message_at_serwersms_fails_and_marks_a_number_that_is_none(code, is_dead):
    with SerwerSmsServer() as server:
        gateway = make_gateway("serwersms", config=server.config())
        [message] = queue_messages([Message(channel="sms", to=f"+48500{code:06}", body="Hello")])
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert (gateway.paused_at, message.state) == (None, MessageState.FAILED)
    assert UnusableAddress.objects.filter(address=message.to).exists() == is_dead


@pytest.mark.parametrize(
    ("code", "state", "is_paused"),
    [
        (7, MessageState.FAILED, False),
        (13, MessageState.FAILED, False),
        (28, MessageState.FAILED, False),
        (74, MessageState.QUEUED, False),
        (76, MessageState.FAILED, False),
        (93, MessageState.FAILED, False),
        (401, MessageState.QUEUED, True),
        (409, MessageState.QUEUED, False),
        (997, MessageState.QUEUED, True),
    ],
)
def test_smsapis_codes_mean_what_its_document_says(code, state, is_paused):
    with SmsApiServer() as server:
        gateway = make_gateway("smsapi", config=server.config())
        [message] = queue_messages([Message(channel="sms", to=f"+48500{code:06}", body="Hello")])
        run_worker()
    gateway.refresh_from_db()
    message.refresh_from_db()
    assert (message.state, gateway.paused_at is not None) == (state, is_paused)
    assert message.tries.get().code == str(code)
    assert message.tries.get().reason
    assert not str(message.reason).startswith("SMSAPI refused it")
