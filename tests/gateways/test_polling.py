"""Providers that cannot call us are asked; what they had is kept as if they had called, once."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from locations.values.reasons import NONE
from messaging.gateways import polling
from messaging.gateways.models import Gateway, HookEvent
from messaging.inbox.models import ChatMessage
from tests.gateways.serwersms_server import SerwerSmsServer
from tests.gateways.telegram_server import TelegramServer
from tests.makers import make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
CHAT = 4242


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def gateway(telegram) -> Gateway:
    gateway = make_gateway("telegram", config=telegram.config())
    polling.arrange_polls()
    gateway.refresh_from_db()
    return gateway


def test_it_begins_when_a_gateway_is_connected_and_ends_when_somebody_calls_us(gateway, settings):
    assert gateway.poll_at is not None
    settings.PUBLIC_URL = "https://shop.example"
    polling.arrange_polls()
    gateway.refresh_from_db()
    assert gateway.poll_at is None
    assert polling.poll(gateway.pk) == 0


def test_who_brings_no_line_or_calls_us_is_never_asked():
    make_gateway("sandbox_sms")
    make_gateway("smsapi", config={"token": "x"})
    make_gateway("smtp", config={"host": "x", "port": "25", "security": "none", "sender": "a@b.example"})
    make_gateway("serwersms", config={"token": "x"})
    polling.arrange_polls()
    assert not polling.due_gateways(timezone.now() + datetime.timedelta(days=1)).exists()


def test_one_task_is_started_and_no_second_while_it_may_still_run(gateway):
    now = timezone.now()
    assert polling.start_polls(now) == 1
    assert polling.start_polls(now) == 0
    assert OrmQ.objects.count() == 1
    assert polling.start_polls(now + polling.LEASE) == 1  # it never came back


def test_what_came_is_kept_with_the_place_to_go_on_from(gateway, telegram):
    telegram.say(CHAT, "Halo")
    assert polling.poll(gateway.pk) == 1
    gateway.refresh_from_db()
    assert gateway.poll_cursor["offset"] == telegram.updates[0]["update_id"] + 1
    assert gateway.poll_at > timezone.now()
    event = HookEvent.objects.get()
    assert (event.method, event.gateway) == ("POLL", gateway)


def test_what_came_twice_is_kept_once(gateway, telegram):
    """A task that ended before it could note the place asks for the same once more."""
    telegram.say(CHAT, "Halo")
    polling.poll(gateway.pk)
    Gateway.objects.update(poll_cursor={})
    polling.poll(gateway.pk)
    assert HookEvent.objects.count() == 1


def test_a_failure_is_shown_and_goes_away(gateway, telegram):
    good = gateway.config
    gateway.config = {**good, "base_url": "http://127.0.0.1:9"}
    gateway.save()
    polling.poll(gateway.pk)
    gateway.refresh_from_db()
    assert str(gateway.poll_problem) == "Telegram could not be reached."
    gateway.config = good
    gateway.save()
    polling.poll(gateway.pk)
    gateway.refresh_from_db()
    assert gateway.poll_problem == NONE


def test_a_gateway_that_is_off_is_not_asked(gateway, telegram):
    telegram.say(CHAT, "Halo")
    Gateway.objects.update(is_on=False)
    assert polling.start_polls(timezone.now()) == 0
    assert polling.poll(gateway.pk) == 0


def test_serwersms_is_asked_for_answers_the_first_time_for_none():
    with SerwerSmsServer() as server:
        gateway = make_gateway("serwersms", config=server.config(inbound="eco"))
        polling.arrange_polls()
        server.receive("+48501234567", "Dawne")
        assert polling.poll(gateway.pk) == 0
        server.receive("+48501234567", "Gdzie paczka?")
        assert polling.poll(gateway.pk) == 1
        assert polling.poll(gateway.pk) == 0
        assert server.asked_for[-1]["type"] == "eco"
    assert "Gdzie paczka?" in bytes(HookEvent.objects.get().body).decode()


@pytest.fixture
def serwersms() -> Iterator[SerwerSmsServer]:
    with SerwerSmsServer() as server:
        yield server


@pytest.fixture
def asked(serwersms) -> Gateway:
    """Asked once already: what lies there from now on is news."""
    gateway = make_gateway("serwersms", config=serwersms.config(inbound="eco"))
    polling.arrange_polls()
    polling.poll(gateway.pk)
    return gateway


def test_half_an_emoji_and_whatever_else_is_odd_stop_no_fetching(serwersms, asked):
    serwersms.receive("+48501234567", "Idzie \ud83d")
    serwersms.receive("+48501234567", "a\0b")
    serwersms.received += [
        "no row at all",
        {"id": None, "phone": "+48501234567", "text": "Bez numeru"},
        {"id": 10**400, "phone": "+48501234567", "text": "Za duży"},
        {"id": "2477796", "phone": "+48501234567", "text": "Jako słowo", "attachments": [{"name": "a.jpg"}]},
        {"id": 2_477_797, "phone": {"odd": ["\udc00"]}, "text": ["\ud83d"]},
    ]
    polling.poll(asked.pk)
    run_worker()
    texts = set(ChatMessage.objects.values_list("text", flat=True))
    assert {"Idzie \ufffd", "ab", "Jako słowo"} <= texts
    assert HookEvent.objects.filter(handled_at__isnull=True).count() == 0
    reasons = set(HookEvent.objects.filter(is_unclear=True).values_list("problem", flat=True))
    assert {reason.code for reason in reasons} >= {"serwersms.not_received", "serwersms.files_in_panel"}
    kept = HookEvent.objects.count()
    serwersms.receive("+48501234567", "Dalej działa")
    for _turn in range(2):
        polling.poll(asked.pk)
        run_worker()
    assert ChatMessage.objects.latest("pk").text == "Dalej działa"
    assert HookEvent.objects.count() == kept + 1
    asked.refresh_from_db()
    assert asked.poll_problem == NONE


def test_half_an_emoji_comes_by_telegram_too(telegram, gateway):
    telegram.say(CHAT, "Idzie \ud83d")
    telegram.say(CHAT, "\0\ud83d", document={"file_id": "\ud83d", "file_name": "\ud83d\0.pdf", "mime_type": "\ud83d"})
    polling.poll(gateway.pk)
    run_worker()
    assert list(ChatMessage.objects.order_by("pk").values_list("text", flat=True)) == ["Idzie \ufffd", "\ufffd"]


def test_a_fault_of_ours_is_said_on_the_gateway_and_it_is_asked_again(telegram, gateway, monkeypatch, caplog):
    telegram.say(CHAT, "Halo")
    with monkeypatch.context() as patched:
        patched.setattr("messaging.gateways.adapters.telegram.bot.as_call", lambda _update: int("x"))
        assert polling.poll(gateway.pk) == 0
    gateway.refresh_from_db()
    assert str(gateway.poll_problem) == "The program failed to read what the provider had; the log has the details."
    assert "could not be asked" in caplog.text
    assert polling.poll(gateway.pk) == 1
