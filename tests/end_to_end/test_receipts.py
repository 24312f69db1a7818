"""From the provider back to the message's page, with a real site: web and worker in processes of their own."""

import pytest

from messaging.gateways.models import HookEvent
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_a_message_is_sent_and_the_provider_calls_back(site):
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        site.start("serve", PUBLIC_URL=f"http://127.0.0.1:{site.port}")
        wait_until(lambda: "Gonets is at" in site.said(), "web answers")
        [message] = queue_messages([Message(channel="sms", to="+48501234567", body="Hello")])
        wait_until(lambda: state(message) == MessageState.SENT, "the message is sent", 60)
        assert twilio.callbacks[message.provider_id].endswith(f"/?message={message.key}")
        assert twilio.call_back(message.provider_id, "delivered") == 200
        assert twilio.call_back(message.provider_id, "sent") == 200
        wait_until(lambda: HookEvent.objects.filter(handled_at__isnull=False).count() == 2, "both calls are read")
    assert state(message) == MessageState.DELIVERED
    assert message.receipts.count() == 2
