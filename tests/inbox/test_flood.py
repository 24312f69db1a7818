"""One person writes too much, or is blocked: all of it is kept, and nobody is alarmed by it."""

from typing import Any
from urllib.parse import urlencode

import pytest

from locations.models import Suppression
from messaging.gateways import polling
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import ChatEvent, ChatMessage, Conversation
from messaging.outbox.models import Message
from tests.gateways.telegram_server import TelegramServer
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client, make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
ALICE, BOB = "+48501234567", "+48609876543"


@pytest.fixture
def write(client) -> Any:
    """Customers write SMS: the provider calls our hook, the worker reads them all."""
    gateway = make_gateway("smsapi", config={"token": "x"})

    def write(*texts: str, sender: str = ALICE) -> None:
        for text in texts:
            said = {"sms_from": sender.removeprefix("+"), "sms_text": text, "MsgId": f"{sender}{text}"}
            assert client.post(f"/hooks/{gateway.hook_key}/?{urlencode(said)}").status_code == 200
        run_worker()

    return write


def of(address: str) -> Conversation:
    return Conversation.objects.get(addresses__address=address)


def rows(client) -> str:
    return client.get("/inbox/rows/").content.decode()


def test_more_than_the_limit_is_kept_and_alarms_nobody(client, ola, write, settings):
    settings.INBOUND_MESSAGES_PER_MINUTE = 5
    switch_on(copies_to_email=True, staff_emails="boss@shop.example")
    make_gateway("sandbox_email")
    write(*(f"Message {number}" for number in range(12)))
    write("I am another", sender=BOB)
    assert ChatMessage.objects.filter(sender="client", conversation=of(ALICE)).count() == 12
    assert (of(ALICE).unread, of(BOB).unread) == (5, 1)
    assert Message.objects.count() == 5 + 1
    assert ChatEvent.objects.filter(kind="message", conversation=of(ALICE)).count() == 5 + 1
    thread = client.get(f"/inbox/{of(ALICE).pk}/").content.decode()
    assert "More than 5 messages came from this sender within a minute" in thread
    assert "Message 11" in thread
    assert ChatMessage.objects.filter(sender="system").count() == 1


def test_after_a_minute_they_are_heard_again(write, settings, time_machine):
    settings.INBOUND_MESSAGES_PER_MINUTE = 2
    time_machine.move_to("2026-11-28 12:00", tick=False)
    write("One", "Two", "Three")
    time_machine.move_to("2026-11-28 12:02", tick=False)
    write("Four")
    assert of(ALICE).unread == 3


def test_telegram_is_limited_too_and_its_photos_are_not_fetched(settings):
    settings.INBOUND_MESSAGES_PER_MINUTE = 2
    with TelegramServer() as telegram:
        gateway = make_gateway("telegram", config=telegram.config())
        polling.arrange_polls()
        for _number in range(4):
            telegram.say(4242, caption="Look", photo=[{"file_id": "p", "file_size": 10, "width": 9, "height": 9}])
        polling.poll(gateway.pk)
        run_worker()
    assert of("4242").unread == 2
    states = ChatMessage.objects.filter(sender="client").order_by("pk").values_list("attachments__state", flat=True)
    assert list(states)[2:] == ["refused", "refused"]


def test_who_is_blocked_is_kept_off_the_list_and_counted(client, ola, write):
    write("Buy my pills")
    blocked = of(ALICE)
    assert client.post(f"/inbox/{blocked.pk}/block/").status_code == 200
    write("Buy more", "And more")
    assert f"row-{blocked.pk}" not in rows(client)
    assert client.get("/inbox/unread/").json() == {"unread": 0}
    shown = client.get("/inbox/rows/?state=blocked").content.decode()
    assert f"row-{blocked.pk}" in shown
    assert "blocked, 2 since" in shown
    thread = client.get(f"/inbox/{blocked.pk}/").content.decode()
    assert "And more" in thread
    assert "This sender is blocked" in thread
    assert of(ALICE).waiting_since is None


def test_a_block_is_undone(client, ola, write):
    write("Hello")
    client.post(f"/inbox/{of(ALICE).pk}/block/")
    write("Are you there?")
    client.post(f"/inbox/{of(ALICE).pk}/reopen/")
    write("Still there?")
    assert (of(ALICE).state, of(ALICE).unread) == ("open", 1)
    assert f"row-{of(ALICE).pk}" in rows(client)


def test_stop_is_obeyed_whoever_says_it(client, ola, write):
    write("Buy my pills")
    client.post(f"/inbox/{of(ALICE).pk}/block/")
    write("STOP")
    assert Suppression.objects.filter(address=ALICE).exists()
    assert of(ALICE).state == "blocked"


def test_who_is_blocked_is_so_by_the_web_too_and_gets_no_reply(client, ola):
    asked = client_writes(make_conversation(make_client()), "Hello")
    client.post(f"/inbox/{asked.conversation_id}/block/")
    receive(asked.conversation, Said("Hello again"), web_line())
    data = {"text": "Hi", "once_key": "k", "way": web_line().pk, "seen": ChatMessage.objects.last().pk}
    answer = client.post(f"/inbox/{asked.conversation_id}/reply/", data)
    assert answer.status_code == 422
    assert "is blocked" in answer.json()["problem"]
    assert Conversation.objects.get().blocked_count == 1
