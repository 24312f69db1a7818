"""STOP and START: they act on consent, are shown as what they are, and nothing automatic follows a STOP."""

import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from locations.models import Consent, Purpose, Suppression
from messaging.gateways.models import Gateway
from messaging.inbox.conversations.opt_out_keywords import Wish, read_wish
from messaging.inbox.models import ChatMessage, Conversation, LineKind, Sender
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.inbox.makers import switch_on
from tests.makers import make_client, make_gateway, make_location, make_order
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
ALICE = "+48501234567"


@pytest.fixture
def gateway() -> Gateway:
    return make_gateway("smsapi", name="Main SMS", config={"token": "x", "base_url": "http://127.0.0.1:9"})


@pytest.fixture
def write(client, gateway) -> Any:
    """A customer writes an SMS, and the worker reads it."""

    def write(text: str, sender: str = ALICE) -> None:
        number = str(ChatMessage.objects.count())
        said = {"sms_from": sender.removeprefix("+"), "sms_text": text, "MsgId": number}
        client.post(f"/hooks/{gateway.hook_key}/?{urlencode(said)}")
        run_worker()

    return write


@pytest.fixture
def alice() -> Any:
    alice = make_client(name="Alice")
    alice.contact_points.create(kind="phone", value=ALICE)
    return alice


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.LEAVE),
        (" stop. ", Wish.LEAVE),
        ("Stop!!!", Wish.LEAVE),
        ("«СТОП»", Wish.LEAVE),
        ("стоп", Wish.LEAVE),
        ("Отписаться", Wish.LEAVE),
        ("відписатися", Wish.LEAVE),
        ("Rezygnuję", Wish.LEAVE),
        ("wypisz mnie", Wish.LEAVE),
        ("stop-all", Wish.LEAVE),
        ("Cancel", Wish.LEAVE_PERHAPS),
        ("отмена", Wish.LEAVE_PERHAPS),
        ("Start", Wish.RETURN),
        ("СТАРТ", Wish.RETURN),
        ("Stop the delivery, please", None),
        ("nonstop", None),
        ("Не стоп", None),
        ("", None),
        ("?!", None),
        ("stop " * 20, None),
    ],
)
def test_only_a_whole_message_is_a_command(text, wish):
    assert read_wish(text, LineKind.SMS) == wish


@pytest.mark.parametrize("text", ["Cancel", "отмена", "END"])
def test_what_may_mean_an_order_is_no_command_but_by_sms(text):
    assert read_wish(text, LineKind.TELEGRAM) is None


def test_stop_ends_service_and_advertising_with_its_proof(write, alice):
    write("Stop!")
    said = Consent.objects.filter(client=alice, channel="sms", is_given=False)
    assert {one.purpose for one in said} == {Purpose.SERVICE, Purpose.ADVERTISING}
    assert all("Main SMS" in str(one.source) and "“Stop!”" in str(one.source) for one in said)
    assert set(Suppression.objects.values_list("address", "purpose")) == {(ALICE, "service"), (ALICE, "advertising")}


def test_stop_is_seen_and_asks_nobody_to_read_it(write, alice):
    write("STOP")
    conversation = Conversation.objects.get()
    assert not conversation.is_unread
    assert conversation.waiting_since is None
    said, noted = conversation.chat_messages.order_by("pk")
    assert (said.text, said.is_command, said.is_hidden) == ("STOP", True, False)
    assert (noted.sender, noted.is_hidden) == (Sender.SYSTEM, True)
    assert str(noted.notice).startswith("Opted out of SMS")


def test_stop_ends_what_is_queued_already(write, alice):
    """Refused when the worker wants to send it: consent is asked again at every claim."""
    make_gateway("sandbox_sms")
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1)
    [message] = queue_messages([Message(client=alice, channel="sms", to=ALICE, body="Hi", send_at=soon)])
    write("STOP")
    Message.objects.update(send_at=soon - datetime.timedelta(minutes=1))
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.REFUSED
    assert "does not want such messages" in str(message.reason)


def test_a_stranger_s_stop_holds_for_the_number(write):
    write("СТОП")
    assert Suppression.objects.filter(address=ALICE, channel="sms").count() == 2
    assert not Consent.objects.exists()
    write("старт")
    assert not Suppression.objects.exists()


def test_start_gives_back_what_stop_took_and_no_more(write, alice):
    write("STOP")
    write("START")
    assert not Suppression.objects.exists()
    assert set(Consent.objects.filter(client=alice).values_list("is_given", flat=True)) == {True}
    *_others, said, noted = ChatMessage.objects.order_by("pk")
    assert (said.is_command, str(noted.notice)) == (True, "Opted in to SMS again.")


def test_start_of_somebody_who_never_left_is_no_consent_to_advertising(write, alice):
    write("START")
    assert not Consent.objects.exists()
    said = ChatMessage.objects.get()
    assert not said.is_command
    assert Conversation.objects.get().is_unread


def test_a_word_that_may_mean_an_order_acts_and_is_read_by_a_person(write, alice):
    write("ОТМЕНА")
    assert Consent.objects.filter(client=alice, is_given=False).count() == 2
    conversation = Conversation.objects.get()
    assert (conversation.is_unread, conversation.unread) == (True, 1)


@pytest.mark.parametrize(("text", "answers"), [("Halo", 1), ("STOP", 0), ("ОТМЕНА", 0)])
def test_no_automatic_answer_follows_a_stop(write, alice, text, answers):
    switch_on(away_message="Nobody is here now.", has_hours=True)
    write(text)
    assert Message.objects.count() == answers


def test_stop_by_one_channel_leaves_the_others(write, alice):
    write("STOP")
    assert set(Consent.objects.values_list("channel", flat=True)) == {"sms"}


@pytest.mark.parametrize("text", ["Anuluj", "Отмена", "ОТМЕНИТЬ!", "cancel"])
def test_calling_off_an_order_that_we_wrote_about_is_no_opting_out(write, alice, text):
    order = make_order(make_location(alice))
    Message.objects.create(order=order, client=alice, channel="sms", to=ALICE, body="It is on its way", state="sent")
    write(text)
    assert not Consent.objects.filter(is_given=False).exists()
    assert not Suppression.objects.exists()
    said = ChatMessage.objects.get(sender=Sender.CLIENT)
    assert (said.text, said.is_command, said.conversation.unread) == (text, False, 1)


def test_stop_is_stop_whatever_we_wrote_about(write, alice):
    order = make_order(make_location(alice))
    Message.objects.create(order=order, client=alice, channel="sms", to=ALICE, body="It is on its way", state="sent")
    write("STOP")
    assert Consent.objects.filter(client=alice, is_given=False).count() == 2


@pytest.mark.parametrize(
    "signature",
    ["Sent from my iPhone", "-- \nSent from my iPhone", "Wysłano z iPhone’a", "Wysłane z telefonu Samsung Galaxy",
     "Отправлено с iPhone", "Отправлено из мобильной Почты Mail", "Надіслано з мого Xiaomi", "Get Outlook for Android"],
)  # fmt: skip
def test_what_a_phone_writes_below_is_no_part_of_it(signature):
    assert read_wish(f"STOP\n\n{signature}", LineKind.EMAIL) == Wish.LEAVE
    assert read_wish(f"Стоп\n{signature}", LineKind.SMS) == Wish.LEAVE
    assert read_wish(f"Stop by at noon\n{signature}", LineKind.SMS) is None
    assert read_wish(signature, LineKind.SMS) is None
