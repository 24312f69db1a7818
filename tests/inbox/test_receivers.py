"""What the program tells the operators: its makers' words, gateways in trouble, what became of a reply."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from messaging.gateways.models import Gateway
from messaging.inbox.conversations.writing import Said, receive, reply
from messaging.inbox.identity.finding import remember_address, system_conversation
from messaging.inbox.lines.lines import line_of, ways_to
from messaging.inbox.models import AddressKind, ChatEvent, EventKind, LineKind
from messaging.outbox.models import Message
from tests.gateways.twilio_server import TwilioServer
from tests.inbox.makers import logged_in, make_conversation
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+48501234567"


def told():
    return [one.words for one in system_conversation().chat_messages.all()]


def deliveries():
    return [
        data["state"]
        for data in ChatEvent.objects.filter(kind="delivery").order_by("pk").values_list("data", flat=True)
    ]


def make_reply(gateway):
    """An operator answers a client's SMS."""
    line = line_of(gateway, LineKind.SMS)
    conversation = make_conversation()
    remember_address(conversation, AddressKind.PHONE, PHONE, line)
    heard = receive(conversation, Said("Where is it?"), line)
    return reply(conversation, make_user("Operator"), Said("On its way"), ways_to(conversation)[0], seen=heard.pk)


def test_the_makers_tell_all_operators_and_the_same_word_once():
    call_command("tell_operators", "The site is updated at 22:00.", once="update")
    call_command("tell_operators", "The site is updated at 22:00.", once="update")
    assert told() == ["The site is updated at 22:00."]
    assert system_conversation().is_unread
    with pytest.raises(CommandError):
        call_command("tell_operators", "  ")


def test_a_gateway_that_is_paused_is_told_of_once_and_so_is_its_return():
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", name="Our Twilio", config=twilio.config(auth_token="wrong"))
        for _number in range(3):
            Message.objects.create(channel="sms", to=PHONE, body="Hello", gateway=gateway)
        run_worker()
    assert Gateway.objects.get().paused_at is not None
    assert len(told()) == 1
    assert told()[0].startswith("The gateway “Our Twilio” is paused: ")
    logged_in(make_user(is_superuser=True)).post(reverse("admin:gateways_gateway_resume", args=[gateway.pk]))
    assert told()[1] == "The gateway “Our Twilio” goes on sending."


def test_open_pages_hear_that_a_reply_was_sent():
    written = make_reply(make_gateway("sandbox_sms"))
    run_worker()
    assert Message.objects.get().state in {"sent", "delivered"}
    assert deliveries()
    assert set(deliveries()) <= {"sent", "delivered"}
    assert set(ChatEvent.objects.filter(kind=EventKind.DELIVERY).values_list("chat_message", flat=True)) == {written.pk}


def test_open_pages_hear_that_a_reply_was_not_sent_and_why():
    gateway = make_gateway("sandbox_sms")
    make_reply(gateway)
    Gateway.objects.update(is_on=False)
    run_worker()
    event = ChatEvent.objects.get(kind=EventKind.DELIVERY)
    assert event.data["state"] == "refused"
    assert "reason" not in event.data  # the page fetches the bubble, in its reader's language
    assert not event.is_for_client


def test_other_messages_are_no_news_for_the_chat():
    gateway = make_gateway("sandbox_sms")
    Message.objects.create(channel="sms", to=PHONE, body="Hello", gateway=gateway)
    run_worker()
    assert deliveries() == []
