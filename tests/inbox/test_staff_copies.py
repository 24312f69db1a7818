"""Chat messages are duplicated to e-mail, if that is switched on: one letter for each new message (D5)."""

import pytest

from locations.models import Channel
from messaging.inbox.conversations.writing import Said, note, receive, reply, say, tell_operators
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import line_of, ways_to
from messaging.inbox.models import AddressKind, ChatSettings, LineKind
from messaging.outbox.models import Message
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client, make_gateway, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox():
    switch_on(copies_to_email=True, staff_emails="office@shop.example")
    return make_gateway("sandbox_email")


def letters():
    return Message.objects.filter(channel=Channel.EMAIL, to="office@shop.example")


def test_each_message_of_the_client_and_of_an_operator_makes_one_letter(mailbox, settings):
    settings.PUBLIC_URL = "https://gonets.example"
    conversation = make_conversation(make_client(name="Anna"))
    first = client_writes(conversation, "Where is my order?")
    operator = make_user("Operator", first_name="Jan", last_name="Nowak")
    reply(conversation, operator, Said("On its way"), ways_to(conversation)[0], seen=first.pk)
    run_worker()
    bodies = [body for _to, body in received("email")]
    assert len(bodies) == 2
    assert "Where is my order?" in bodies[0]
    assert f"https://gonets.example/inbox/{conversation.pk}/" in bodies[0]
    assert "On its way" in bodies[1]
    assert [letter.purpose for letter in letters()] == ["staff", "staff"]


def test_switched_off_there_is_none(mailbox):
    ChatSettings.objects.update(copies_to_email=False)
    client_writes(make_conversation())
    assert not letters().exists()


def test_hidden_and_system_messages_are_not_copied(mailbox):
    note(make_conversation(), Said("Careful"), author=make_user("Operator"))
    tell_operators("A new version is out")
    assert not letters().exists()


def test_an_answer_to_a_copy_does_not_go_round(mailbox):
    conversation = make_conversation()
    line = line_of(make_gateway("sandbox_email"), LineKind.EMAIL)
    remember_address(conversation, AddressKind.EMAIL, "office@shop.example", line)
    receive(conversation, Said("I am on holiday"), line)
    assert not letters().exists()


def test_each_address_of_the_staff_gets_its_own(mailbox):
    ChatSettings.objects.update(staff_emails="office@shop.example, boss@shop.example")
    client_writes(make_conversation())
    assert set(Message.objects.values_list("to", flat=True)) == {"office@shop.example", "boss@shop.example"}


def test_what_a_robot_says_in_the_chat_is_copied_too(mailbox, anna):
    conversation = client_writes(make_conversation(anna), "Hello").conversation
    say(conversation, Said("Your order is ready."))
    copied = Message.objects.order_by("pk").last()
    assert copied.body.startswith("robot (Web chat):\nYour order is ready.")
