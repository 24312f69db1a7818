"""Whatever a provider answers, the buttons of a gateway's page give a sentence, within bounds of memory and time."""

import asyncio
import resource
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging.gateways import balances, polling
from messaging.gateways.adapters import MediaLater, MediaRefused, get_adapter_class
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.gateways.hostile_server import ANSWERS, HostileServer
from tests.gateways.serwersms_server import SerwerSmsServer
from tests.gateways.smsapi_server import SmsApiServer
from tests.gateways.telegram_server import TelegramServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
CONFIGS = {
    "twilio_sms": TwilioServer().config(),
    "smsapi": SmsApiServer().config(),
    "serwersms": SerwerSmsServer().config(inbound="eco"),
    "telegram": TelegramServer().config(),
}
MOST_MEGABYTES = 120


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user(is_superuser=True))
    return client


def make(adapter: str, server: HostileServer) -> Gateway:
    return make_gateway(adapter, config={**CONFIGS[adapter], "base_url": server.base_url})


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("adapter", CONFIGS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_check_and_test_give_a_sentence(browser, adapter, answer):
    with HostileServer(answer) as server:
        gateway = make(adapter, server)
        before, started = peak_megabytes(), time.monotonic()
        for word, data in (("check", {}), ("test", {"text": "Hi", "to": "+48501234567"})):
            answered = browser.post(reverse(f"admin:gateways_gateway_{word}", args=[gateway.pk]), data)
            assert answered.status_code == 302
        page = browser.get(answered["Location"])
        assert len(page.context["messages"]) == 2
        assert "The program failed" not in page.content.decode()
        balances.refresh(gateway.pk)
        if gateway.poll_seconds:
            Gateway.objects.filter(pk=gateway.pk).update(poll_at=timezone.now())
            polling.poll(gateway.pk)
        gateway.refresh_from_db()
        assert "program failed" not in str(gateway.poll_problem)
    assert peak_megabytes() - before < MOST_MEGABYTES
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("adapter", ["twilio_sms", "smsapi", "serwersms"])
@pytest.mark.parametrize("answer", ["half", "deep", "deep refusal", "charset", "long wait", "list", "rfc 9457"])
def test_sending_notes_the_answer_and_goes_on(adapter, answer, caplog):
    with HostileServer(answer) as server:
        make(adapter, server)
        [message] = queue_messages([Message(channel="sms", to="+48501234567", body="Hello")])
        run_worker()
    message.refresh_from_db()
    assert message.state != MessageState.SENDING
    assert message.reason
    assert "failed" not in caplog.text


@pytest.mark.parametrize("adapter", ["twilio_sms", "telegram"])
@pytest.mark.parametrize("answer", ["bomb", "no gzip", "strange packing", "deep", "long"])
def test_a_file_is_fetched_within_bounds(adapter, answer):
    with HostileServer(answer) as server:
        before = peak_megabytes()
        found = asyncio.run(fetch_one(adapter, {**CONFIGS[adapter], "base_url": server.base_url}))
    assert found == "refused" if answer in ("bomb", "no gzip", "strange packing") else found
    assert peak_megabytes() - before < MOST_MEGABYTES


async def fetch_one(adapter: str, config: dict[str, str]) -> str:
    client = get_adapter_class(adapter)(config, 10)
    try:
        media = await client.fetch_media("https://api.twilio.com/media/1")
    except (MediaLater, MediaRefused):
        return "refused"
    finally:
        await client.close()
    return f"{len(media.content)} bytes"
