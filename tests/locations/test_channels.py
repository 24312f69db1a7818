"""Calls are a channel of their own, with the same numbers as SMS; templates and robots know only what is written."""

import pytest

from locations import reasons
from locations.consent import record_opt_out, refusals
from locations.models import Channel, Company, Purpose, written_channels
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.eligibility import obstacles
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_client, make_gateway, make_location, make_order
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


def test_who_wants_no_calls_still_gets_sms():
    client = make_client()
    make_location(client, phone=PHONE, email="alice@example.com")
    record_opt_out(client, Channel.VOICE, Purpose.SERVICE, in_words("by phone"))
    pair = (None, PHONE)
    assert refusals([pair], Channel.VOICE, Purpose.SERVICE) == {
        pair: reasons.REFUSED_FOR_ADDRESS(channel=Channel.VOICE, purpose=Purpose.SERVICE)
    }
    assert refusals([pair], Channel.SMS, Purpose.SERVICE) == {}


def test_templates_and_robots_are_written():
    assert written_channels() == [("sms", "SMS"), ("email", "E-mail"), ("chat", "Chat")]


@pytest.mark.parametrize("level", ["company", "client", "client location", "order"])
def test_a_call_that_any_level_forbids_is_not_made(level):
    order = make_order(make_location(phone=PHONE))
    rows = {"company": Company.current(), "client": order.client, "client location": order.location, "order": order}
    rows[level].allow_calls = False
    rows[level].save()
    call, sms = Message(channel="voice"), Message(channel="sms")
    for message in (call, sms):
        message.to, message.body, message.order, message.client = PHONE, "Hello", order, order.client
    found = obstacles([call, sms], Company.current())
    assert {index: str(reason) for index, reason in found.items()} == {0: f"Call is switched off for this {level}."}


def test_a_forbidden_call_is_refused_at_its_claim():
    with TwilioServer() as twilio:
        make_gateway("twilio_voice", config=twilio.config(sender="+48221234567"))
        client = make_client()
        (message,) = queue_messages([Message(channel="voice", to=PHONE, body="Hello", client=client)])
        client.allow_calls = False
        client.save()
        run_worker()
        assert twilio.requests == []
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (MessageState.REFUSED, "Call is switched off for this client.")
