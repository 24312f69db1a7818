"""The sandbox's customers write back: the same way in as a provider's call, up to the chat."""

import pytest
from django.test import Client

from locations.models import Consent
from messaging.gateways.models import Gateway, HookEvent, SandboxDelivery
from messaging.inbox.conversations.writing import Said, reply
from messaging.inbox.lines.lines import last_way
from messaging.inbox.models import ChatMessage, Conversation
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from tests.makers import make_client, make_gateway, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
ALICE, MAIL = "+48501234567", "alicja@example.com"
REPLY, PHONE, MAILBOX = "/sandbox/reply/", "/sandbox/", "/sandbox/mail/"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user("System administrator"))
    return client


@pytest.fixture(autouse=True)
def told() -> None:
    """A demo client got an SMS and a letter in the sandbox."""
    alice = make_client(name="Alicja", is_demo=True)
    for channel, to in (("sms", ALICE), ("email", MAIL)):
        make_gateway(f"sandbox_{channel}")
        queue_messages([Message(client=alice, channel=channel, to=to, subject="A-17", body="Jedziemy", is_demo=True)])
    run_worker()


def write(browser: Client, text: str, to: str = ALICE, channel: str = "sms", **fields: str) -> str:
    answer = browser.post(REPLY, {"to": to, "channel": channel, "text": text, **fields}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_written_stands_in_the_chat_and_on_the_phone(browser):
    page = write(browser, "Gdzie <b>jest</b> kurier?")
    assert "Sent as the customer" in page
    assert "Gdzie &lt;b&gt;jest&lt;/b&gt; kurier?" in page
    run_worker()
    said = ChatMessage.objects.get()
    assert (said.text, said.conversation.client.name) == ("Gdzie <b>jest</b> kurier?", "Alicja")
    assert not HookEvent.objects.get().problem


def test_the_operators_answer_comes_back_to_the_phone(browser):
    write(browser, "Gdzie jest kurier?")
    run_worker()
    conversation = Conversation.objects.get()
    reply(conversation, make_user("Operator"), Said("Za rogiem."), last_way(conversation), seen=conversation.newest_id)
    run_worker()
    assert received() == [(ALICE, "Jedziemy"), (ALICE, "Za rogiem.")]


def test_a_letter_is_answered_with_its_subject(browser):
    letter = SandboxDelivery.objects.get(channel="email")
    page = browser.get(f"{MAILBOX}?letter={letter.pk}").content.decode()
    assert 'name="subject" value="Re: A-17"' in page
    write(browser, "Dziękuję", MAIL, "email", subject="Re: A-17")
    run_worker()
    conversation = Conversation.objects.get()
    assert (conversation.chat_messages.get().subject, conversation.line.kind) == ("Re: A-17", "email")
    reply(conversation, make_user("Operator"), Said("Proszę"), last_way(conversation), seen=conversation.newest_id)
    run_worker()
    answer = SandboxDelivery.objects.filter(channel="email", is_reply=False).latest("pk")
    assert (answer.to, answer.subject, answer.body) == (MAIL, "Re: A-17", "Proszę")


def test_stop_works_there_too(browser):
    write(browser, "Stop")
    run_worker()
    assert Consent.objects.filter(is_given=False, channel="sms").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Write what the customer answers."),
        ({"text": "Halo", "to": "+48609876543"}, "Nothing was sent to this address"),
        ({"text": "Halo", "channel": "voice"}, "not one of the available choices"),
        ({"text": "a" * 10_001}, "at most 10000 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(browser, fields, words):
    assert words in write(browser, **fields)
    assert not HookEvent.objects.exists()


def test_without_the_gateway_it_says_so(browser):
    Gateway.objects.all().delete()
    assert "connect it again first" in write(browser, "Halo")


def test_who_may_not_see_the_sandbox_may_not_write_there(client):
    client.force_login(make_user())
    assert client.post(REPLY, {"to": ALICE, "channel": "sms", "text": "x"}).status_code == 403
    client.logout()
    assert client.post(REPLY, {"to": ALICE, "channel": "sms", "text": "x"}).status_code == 302
    assert not HookEvent.objects.exists()
