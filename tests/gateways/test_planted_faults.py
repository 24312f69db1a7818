"""A fault of ours, planted in each reader of what providers say: nothing is lost, and all is read afterwards.

A new adapter that hears of customers or of messages needs a line in `CALLS`: what its provider says.
"""

import datetime
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from messaging.gateways import polling
from messaging.gateways.adapters import HookRequest, adapter_choices, get_adapter_class
from messaging.gateways.calls.hooks import store
from messaging.gateways.models import Gateway, HookEvent
from messaging.inbox.models import ChatMessage
from messaging.outbox.models import Message, Receipt
from messaging.outbox.receipts.status_polling import ask
from messaging.outbox.states import MessageState
from tests.gateways.imap_server import ImapServer
from tests.gateways.serwersms_server import SerwerSmsServer
from tests.gateways.telegram_server import TelegramServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
ALICE, NUMBER = "+48501234567", "P1"
WORDS = "Where is it?"
LETTER = (
    f"From: Alice <alice@example.com>\r\nTo: shop@example.com\r\nSubject: Order\r\n"
    f"Message-ID: <1@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}\r\n"
).encode()


def form(**fields: str) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def as_json(data: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(data).encode()


PERSON = {"chat": {"id": 42, "type": "private"}, "from": {"id": 42, "first_name": "Alice"}, "message_id": 7}
CALLS = [
    ("sandbox_sms", form(id="1", **{"from": ALICE}, text=WORDS)),
    ("sandbox_email", form(id="1", **{"from": "alice@example.com"}, text=WORDS)),
    ("smtp", ("message/rfc822", LETTER)),
    ("serwersms", as_json({"id": 7, "phone": ALICE, "text": WORDS})),
    ("serwersms", as_json({"report": {"id": NUMBER, "status": "delivered"}})),
    ("smsapi", form(MsgId=NUMBER, status="404")),
    ("telegram", as_json({"update_id": 1, "message": {**PERSON, "text": WORDS}})),
    ("twilio_sms", form(MessageSid="SM1", SmsStatus="received", Body=WORDS, To="+15005550006", **{"From": ALICE})),
    ("twilio_sms", form(MessageSid=NUMBER, MessageStatus="delivered")),
    ("twilio_voice", form(CallSid=NUMBER, CallStatus="completed")),
    (
        "twilio_whatsapp",
        form(
            MessageSid="SM1", SmsStatus="received", Body=WORDS, **{"From": f"whatsapp:{ALICE}", "To": "whatsapp:+1500"}
        ),
    ),
    ("twilio_whatsapp", form(MessageSid=NUMBER, MessageStatus="delivered")),
]


def test_every_adapter_that_hears_something_is_among_them():
    classes = [get_adapter_class(key) for key, _label in adapter_choices()]
    hears = {one.key for one in classes if one.has_hook or one.line or one.poll_seconds or one.receipts_at_once}
    assert hears == {key for key, _call in CALLS}


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_user("Manager"))
    return client


def texts() -> list[str]:
    return list(ChatMessage.objects.order_by("pk").values_list("text", flat=True))


def plant(monkeypatch: pytest.MonkeyPatch, key: str, *readers: str) -> None:
    """A fault of ours in these readers of an adapter."""
    for reader in readers:
        monkeypatch.setattr(get_adapter_class(key), reader, classmethod(lambda *_: int("x")))


def read_again(manager: Browser, event: HookEvent) -> None:
    """The page says what is wrong with the call; there somebody presses the button."""
    assert "program failed" in manager.get(reverse("admin:gateways_hookevent_changelist")).content.decode()
    manager.post(f"/admin/gateways/hookevent/{event.pk}/read/")
    run_worker()


def sent_through(gateway: Gateway, number: str = NUMBER) -> Message:
    own = {"state": MessageState.SENT, "sent_at": NOON, "provider_id": number, "to": ALICE, "body": "Hello"}
    return Message.objects.create(gateway=gateway, channel=gateway.channel, **own)


@pytest.mark.parametrize("readers", [["read_hook"], ["read_hook", "glimpse"]])
@pytest.mark.parametrize(("key", "call"), CALLS)
def test_a_call_that_a_fault_of_ours_kept_unread_is_read_when_it_is_gone(
    key, call, readers, monkeypatch, manager, caplog
):
    gateway = make_gateway(key)
    message = sent_through(gateway)
    content_type, body = call
    with monkeypatch.context() as planted:
        plant(planted, key, *readers)
        store(gateway, HookRequest("https://shop.example/hooks/x/", "POST", body, {"content-type": content_type}))
        run_worker()
    assert "could not be read" in caplog.text
    event = HookEvent.objects.get(is_unclear=True)
    assert bytes(event.body) == body
    assert WORDS not in texts()

    read_again(manager, event)

    message.refresh_from_db()
    is_receipt = WORDS.encode() not in body and b"Where" not in body
    assert (message.state == MessageState.DELIVERED, WORDS in texts()) == (is_receipt, not is_receipt)
    assert not HookEvent.objects.filter(is_unclear=True).exists()


# --- What we ask for ---


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def serwersms() -> Iterator[SerwerSmsServer]:
    with SerwerSmsServer() as server:
        yield server


@pytest.fixture
def polled(request: pytest.FixtureRequest) -> Gateway:
    """A gateway of each provider that is asked for what customers wrote, to whom Alice has just written."""
    match request.param:
        case "smtp":
            imap = request.getfixturevalue("imap")
            sending = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "orders@shop.example"}
            gateway, write = make_gateway("smtp", config=sending | imap.config()), lambda: imap.put(LETTER)
        case "telegram":
            server = request.getfixturevalue("telegram")
            gateway, write = make_gateway("telegram", config=server.config()), lambda: server.say(42, WORDS)
        case "serwersms":
            sms = request.getfixturevalue("serwersms")
            gateway, write = (
                make_gateway("serwersms", config=sms.config(inbound="eco")),
                lambda: sms.receive(ALICE, WORDS),
            )
        case other:
            raise AssertionError(f"Say here how somebody writes to {other}.")
    polling.arrange_polls()
    polling.poll(gateway.pk)  # what lay there before is no news
    write()
    return gateway


POLLED = [key for key, _label in adapter_choices() if get_adapter_class(key).poll_seconds]


@pytest.mark.parametrize("polled", POLLED, indirect=True)
def test_what_we_asked_for_and_could_not_read_is_read_when_the_fault_is_gone(polled, monkeypatch, manager, caplog):
    with monkeypatch.context() as planted:
        plant(planted, polled.adapter, "read_hook", "glimpse")
        assert polling.poll(polled.pk) == 1
        run_worker()
    assert "could not be read" in caplog.text
    read_again(manager, HookEvent.objects.get(is_unclear=True))
    assert texts() == [WORDS]


@pytest.mark.parametrize("polled", POLLED, indirect=True)
def test_a_fault_in_asking_is_said_on_the_gateway_and_what_was_there_comes_afterwards(polled, monkeypatch, caplog):
    with monkeypatch.context() as planted:
        planted.setattr(get_adapter_class(polled.adapter), "poll_on", lambda *_: int("x"))
        assert polling.poll(polled.pk) == 0
    assert "could not be asked" in caplog.text
    polled.refresh_from_db()
    assert "program failed" in str(polled.poll_problem)
    assert polling.poll(polled.pk) == 1
    run_worker()
    assert texts() == [WORDS]


@pytest.mark.parametrize("key", ["twilio_sms", "serwersms"])
def test_a_receipt_that_we_asked_for_and_could_not_read_is_read_when_the_fault_is_gone(
    key, serwersms, monkeypatch, manager, caplog
):
    with TwilioServer() as twilio, time_machine.travel(NOON, tick=False) as clock:
        server: Any = {"twilio_sms": twilio, "serwersms": serwersms}[key]
        gateway = make_gateway(key, config=server.config())
        message = Message.objects.create(gateway=gateway, channel="sms", to=ALICE, body="Hello")
        run_worker()
        message.refresh_from_db()
        server.kept[message.provider_id]["status"] = "delivered"
        clock.shift(70)
        with monkeypatch.context() as planted:
            plant(planted, key, "read_hook")
            for _twice in range(2):
                assert ask(gateway.pk) == 0
        assert "could not be read" in caplog.text
        event = HookEvent.objects.get(is_unclear=True)
        assert message.provider_id in bytes(event.body).decode()
        read_again(manager, event)
    message.refresh_from_db()
    assert (message.state, Receipt.objects.count()) == (MessageState.DELIVERED, 1)
    assert not HookEvent.objects.filter(is_unclear=True).exists()
