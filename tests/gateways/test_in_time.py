"""A provider that is silent holds no task for longer than it has, and its connection is let go."""

import asyncio

import pytest
from aiohttp import web

from messaging.gateways import polling
from messaging.gateways.adapters import Adapter
from messaging.gateways.delivery import ask
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.receipts import status_polling
from messaging.outbox.states import MessageState
from tests.makers import make_gateway
from tests.processes import wait_until

from .local_server import LocalServer
from .telegram_server import TelegramServer
from .twilio_server import TwilioServer

pytestmark = pytest.mark.django_db


class SilentServer(LocalServer):
    """Answers nobody, and counts who asked and who hung up."""

    asked = gone = 0

    def make_application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/{anything:.*}", self._be_silent)
        return application

    async def _be_silent(self, request: web.Request) -> web.Response:
        self.asked += 1
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.02)
        self.gone += 1
        return web.Response()


@pytest.fixture
def silence():
    with SilentServer() as server:
        yield server


def make(adapter: str, server: SilentServer) -> Gateway:
    configs = {"telegram": TelegramServer().config(), "twilio_sms": TwilioServer().config()}
    return make_gateway(adapter, config={**configs[adapter], "base_url": server.base_url})


def all_hung_up(server: SilentServer) -> bool:
    return server.asked == server.gone == 1


def test_a_poll_ends_in_time_and_says_so(silence, monkeypatch):
    monkeypatch.setattr(polling, "SECONDS", 0.3)
    gateway = make("telegram", silence)
    polling.arrange_polls()
    assert polling.poll(gateway.pk) == 0
    gateway.refresh_from_db()
    assert str(gateway.poll_problem) == "The provider did not answer in time."
    wait_until(lambda: all_hung_up(silence), "the connection was closed")


def test_asking_for_receipts_ends_in_time(silence, monkeypatch):
    monkeypatch.setattr(status_polling, "SECONDS", 0.3)
    monkeypatch.setattr(status_polling, "unconfirmed", lambda gateway, _now: Message.objects.filter(gateway=gateway))
    gateway = make("twilio_sms", silence)
    state = {"state": MessageState.SENT, "provider_id": "SM1"}
    Message.objects.create(gateway=gateway, channel="sms", to="+48501234567", body="Hello", **state)
    assert status_polling.ask(gateway.pk) == 0
    wait_until(lambda: all_hung_up(silence), "the connection was closed")


def test_a_file_that_does_not_come_is_waited_for_in_time(silence):
    gateway = make("twilio_sms", silence)
    with pytest.raises(TimeoutError):
        ask(gateway, lambda adapter: adapter.fetch_media("https://api.twilio.com/media/1"), 0.3)
    wait_until(lambda: all_hung_up(silence), "the connection was closed")


def test_what_an_adapter_raises_closes_the_connection_too(silence):
    async def fail(adapter: Adapter) -> None:
        await asyncio.wait_for(adapter.fetch_balance(), 0.3)

    with pytest.raises(TimeoutError):
        ask(make("twilio_sms", silence), fail)
    wait_until(lambda: all_hung_up(silence), "the connection was closed")
