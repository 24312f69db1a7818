"""What customers write by SMS becomes a message in a conversation: exactly once, whatever it is."""

import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import Suppression
from locations.values.reasons import in_words
from messaging.gateways.adapters import HookRequest
from messaging.gateways.calls.hooks import store
from messaging.gateways.models import Gateway, HookEvent
from messaging.gateways.signals import inbound_stored
from messaging.inbox.models import LONGEST_TEXT, ChatMessage, Conversation, ConversationState, LineKind, Sender
from messaging.outbox.models import Message, UnusableAddress
from messaging.worker.models import DrainSlot
from tests.makers import make_client, make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
ALICE, BOB = "+48501234567", "+48609876543"


@pytest.fixture
def gateway() -> Gateway:
    return make_gateway("smsapi", config={"token": "x"})


@pytest.fixture
def write(client: Browser, gateway: Gateway) -> Any:
    """A customer writes: the provider calls our hook, the worker reads it."""

    def write(text: str, sender: str = ALICE, number: str = "1", **fields: str) -> None:
        said = {"sms_from": sender.removeprefix("+"), "sms_to": "4222", "sms_text": text, "MsgId": number, **fields}
        assert client.post(f"/hooks/{gateway.hook_key}/?{urlencode(said)}").status_code == 200
        run_worker()

    return write


def test_an_unknown_number_gets_a_conversation_of_its_own(write, gateway):
    write("Dzień dobry")
    said = ChatMessage.objects.get()
    assert (said.text, said.sender, said.line.kind, said.line.gateway) == ("Dzień dobry", "client", "sms", gateway)
    conversation = said.conversation
    assert (conversation.title, conversation.client, conversation.unread) == (ALICE, None, 1)
    write("Halo?", number="2")
    assert Conversation.objects.get().unread == 2


def test_the_only_client_with_this_number_is_who_wrote(write):
    alice = make_client()
    alice.contact_points.create(kind="phone", value=ALICE)
    write("Halo")
    assert Conversation.objects.get().client == alice


def test_of_two_with_one_number_it_is_whom_we_wrote_to(write, gateway):
    one, other = make_client(), make_client()
    for client in (one, other):
        client.contact_points.create(kind="phone", value=ALICE)
    Message.objects.create(client=other, channel="sms", to=ALICE, body="Hi", state="sent", gateway=gateway)
    write("Halo")
    assert Conversation.objects.get().client == other


def test_the_same_message_again_is_not_written_again(write):
    write("Halo")
    write("Halo")  # the very same call
    write("Halo", username="shop")  # another call about the same message
    assert ChatMessage.objects.count() == 1
    assert Conversation.objects.get().unread == 1
    assert not HookEvent.objects.filter(is_unclear=True).exists()
    assert str(HookEvent.objects.latest("pk").problem) == "The same message came before: it is in the chat."


@pytest.mark.parametrize("number", ["1", ""])
def test_two_answers_to_one_message_are_two(write, number):
    """SMSAPI's `MsgId` may be the number of the message replied to, or empty."""
    write("Tak", number=number, sms_date="1772452830")
    write("Nie, jednak jutro", number=number, sms_date="1772452899")
    write("Tak", number=number, sms_date="1772452990")  # the same word, later
    write("Tak", sender=BOB, number=number, sms_date="1772452990")
    write("Tak", sender=BOB, number=number, sms_date="1772452990")  # the provider tries again
    texts = [(said.conversation.title, said.text) for said in ChatMessage.objects.order_by("pk")]
    assert texts == [(ALICE, "Tak"), (ALICE, "Nie, jednak jutro"), (ALICE, "Tak"), (BOB, "Tak")]


def test_two_numbers_of_one_provider_do_not_meet_those_of_another(write, client):
    write("Halo")
    other = make_gateway("smsapi", config={"token": "y"})
    said = urlencode({"sms_from": BOB.removeprefix("+"), "sms_text": "Hej", "MsgId": "1"})
    client.post(f"/hooks/{other.hook_key}/?{said}")
    run_worker()
    assert set(ChatMessage.objects.values_list("text", flat=True)) == {"Halo", "Hej"}


def test_a_worker_that_ends_in_between_hears_it_once(write, gateway):
    """The call and its words are kept in one transaction: what was begun and never ended is begun anew."""

    class Killed(BaseException):
        pass

    def die(**_signal: Any) -> None:
        raise Killed

    inbound_stored.connect(die)  # after the one that writes
    try:
        with pytest.raises(Killed):
            write("Halo")
    finally:
        inbound_stored.disconnect(die)
    assert not ChatMessage.objects.exists()
    run_worker_again()
    assert ChatMessage.objects.get().text == "Halo"
    run_worker()
    assert ChatMessage.objects.count() == 1


def run_worker_again() -> None:
    """The slot of the one that ended is free after a while."""
    DrainSlot.objects.update(owner=None, lease_until=timezone.now() - datetime.timedelta(minutes=1))
    run_worker()


@pytest.mark.parametrize(
    "text",
    [
        "🙂",
        "\u202eevil",
        "<script>alert(1)</script>",
        "a\0b",
        "ż" * 5000,
        "{{ 7 }} {order_number} %s",
        "'; DROP TABLE orders; --",
    ],
)
def test_whatever_is_written_is_kept_as_text(write, text):
    write(text)
    assert ChatMessage.objects.get().text == text.replace("\0", "")


def test_what_is_too_long_is_cut_with_a_sign(write):
    write("a" * 30_000)
    said = ChatMessage.objects.get()
    assert len(said.text) == LONGEST_TEXT
    assert said.text.endswith("…")


@pytest.mark.parametrize("text", ["", " \n "])
def test_of_an_empty_message_the_chat_shows_that_somebody_wrote(write, text):
    write(text, number="1")
    write("Halo", number="2")
    shown = "A message that cannot be shown here: open it at SMSAPI.pl."
    assert set(ChatMessage.objects.values_list("text", flat=True)) == {shown, "Halo"}
    assert str(HookEvent.objects.get(is_unclear=True).problem) == "Somebody wrote what cannot be shown here."


def test_a_closed_conversation_is_open_again(write):
    write("Halo")
    Conversation.objects.update(state=ConversationState.CLOSED, is_unread=False, unread=0)
    write("Jeszcze jedno", number="2")
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.unread) == (ConversationState.OPEN, 1)


def test_an_address_that_was_called_dead_lives(write):
    UnusableAddress.objects.create(channel="sms", address=ALICE, reason=in_words("unknown number"))
    UnusableAddress.objects.create(channel="sms", address=BOB, reason=in_words("unknown number"))
    write("Halo")
    assert UnusableAddress.objects.get().address == BOB


def test_a_short_number_is_no_phone_of_any_country(write):
    write("Kod 123", sender="70555")
    assert Conversation.objects.get().title == "70555"


def test_the_line_is_named_after_its_gateway(write, gateway):
    write("Halo")
    line = gateway.line
    assert (line.kind, line.name) == (LineKind.SMS, gateway.name)


def test_a_long_conversation_takes_no_more_queries_than_a_short_one(write):
    def count(number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            write(f"Halo {number}", number=str(number))
        return sum("clock_timestamp" not in query["sql"] for query in queries)  # PostgreSQL's clock: once in 5 s

    write("Halo", number="0")
    short = count(1)
    for number in range(2, 30):
        write(f"Halo {number}", number=str(number))
    assert count(30) <= short


def test_no_database_refuses_what_a_letter_says_of_itself():
    mailbox = {"host": "mail.example", "sender": "shop@example.com", "imap_host": "mail.example"}
    gateway = make_gateway("smtp", config=mailbox)
    subject = b"Subject: =?utf-8?q?Order=00_17?= =?unicode_escape?q?=5Cud800?="
    names = b"From: =?utf-8?q?An=00na?= <anna@example.com>\r\nMessage-ID: <1\0@example.com>"
    letter = b"\r\n".join([names, subject, b"References: <0\0@example.com>", b"", b"Where are you?"])
    store(gateway, HookRequest("imap:?validity=1&uid=1", "POLL", letter, {"content-type": "message/rfc822"}))
    run_worker()
    conversation = Conversation.objects.get()
    assert (conversation.title, conversation.last_words) == ("Anna", "Where are you?")
    assert conversation.addresses.get().thread["message_id"] == "<1@example.com>"


@pytest.mark.parametrize(
    ("verdict", "is_obeyed"),
    [
        ("mx.example; spf=fail smtp.mailfrom=x; dkim=none; dmarc=fail", False),
        ("mx.example; spf=softfail smtp.mailfrom=x", False),
        ("mx.example; spf=fail smtp.mailfrom=list; dkim=pass; dmarc=pass", True),
        ("", True),
    ],
)
def test_a_letter_in_another_s_name_opts_nobody_out(verdict, is_obeyed):
    mailbox = {"host": "mail.example", "sender": "shop@example.com", "imap_host": "mail.example"}
    gateway = make_gateway("smtp", config=mailbox)
    lines = ["From: anna@example.com", "Message-ID: <1@example.com>", f"Authentication-Results: {verdict}", "", "STOP"]
    letter = "\r\n".join(line for line in lines if not line.endswith(": ")).encode()
    store(gateway, HookRequest("imap:?validity=1&uid=1", "POLL", letter, {"content-type": "message/rfc822"}))
    run_worker()
    assert Suppression.objects.filter(address="anna@example.com").exists() == is_obeyed
    said = ChatMessage.objects.filter(sender=Sender.SYSTEM, is_hidden=True, notice__code="inbox.doubtful_sender")
    assert said.exists() != is_obeyed
    assert Conversation.objects.get().is_unread != is_obeyed  # a person decides
