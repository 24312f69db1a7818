"""Where the chat is off, or nobody knows who writes, stands the feedback form (D1, D2, D4)."""

import pytest
from django.test import Client as Browser

from messaging.inbox.identity.access import client_token
from messaging.inbox.identity.finding import conversation_from
from messaging.inbox.lines.lines import ways_to
from messaging.inbox.models import AddressKind, ChatMessage, Conversation, LineKind
from messaging.outbox.models import Message
from tests.inbox.makers import make_conversation, switch_on
from tests.makers import make_client, make_gateway

pytestmark = pytest.mark.django_db
ANNA = {"name": "Anna", "contact": "+48 501 234 567", "text": "Do you deliver on Sundays?", "once": "f1"}


@pytest.fixture(autouse=True)
def _staff_reads_mail():
    make_gateway("sandbox_email")
    make_gateway("sandbox_sms")
    switch_on(is_on=False, staff_emails="boss@shop.example, shift@shop.example")


def test_with_the_chat_off_a_client_finds_the_form(client: Browser):
    page = client.get(f"/chat/{client_token(make_client())}/").content.decode()
    assert "Write to us" in page
    assert 'id="composer"' not in page


def test_a_clients_feedback_is_in_the_clients_conversation_and_with_the_staff(client: Browser):
    anna = make_client(name="Anna Brown")
    answer = client.post(f"/chat/{client_token(anna)}/", {"text": "Where is my order?", "once": "f1"})
    assert answer.status_code == 303
    assert "Thank you. We have your message." in client.get(answer["Location"]).content.decode()
    written = ChatMessage.objects.get(conversation__client=anna)
    assert (written.text, written.subject) == ("Where is my order?", "Feedback form")
    letters = Message.objects.filter(purpose="staff").order_by("to")
    assert [letter.to for letter in letters] == ["boss@shop.example", "shift@shop.example"]
    assert "Where is my order?" in letters[0].body
    assert "Anna Brown" in letters[0].subject


@pytest.mark.parametrize("is_on", [True, False])
def test_a_stranger_finds_the_form_whether_the_chat_is_on_or_not(client: Browser, is_on: bool):
    switch_on(is_on=is_on)
    assert "Phone or e-mail for our answer" in client.get("/chat/").content.decode()


def test_a_strangers_feedback_can_be_answered(client: Browser):
    assert client.post("/chat/", ANNA).status_code == 303
    conversation = Conversation.objects.get()
    assert conversation.title == "Anna, +48501234567"
    assert conversation.unread == 1
    assert [(way.kind, way.address) for way in ways_to(conversation)] == [(LineKind.SMS, "+48501234567")]
    assert "+48501234567" in Message.objects.filter(purpose="staff").first().body


def test_sent_twice_it_is_there_once(client: Browser):
    for _again in range(2):
        assert client.post("/chat/", ANNA).status_code == 303
    assert ChatMessage.objects.count() == 1
    assert Message.objects.filter(purpose="staff").count() == 2


def test_a_stranger_does_not_write_into_the_conversation_of_whose_phone_it_is(client: Browser):
    owner = make_client()
    owner.contact_points.create(kind="phone", value="+48501234567")
    theirs = make_conversation(owner)
    client.post("/chat/", ANNA)
    assert not theirs.chat_messages.exists()
    claimed = Conversation.objects.get(client=None)
    assert claimed.chat_messages.count() == 1
    assert conversation_from(AddressKind.PHONE, "+48501234567") == theirs


def test_a_typed_phone_catches_nothing_that_comes_from_it_later(client: Browser):
    client.post("/chat/", ANNA)
    assert conversation_from(AddressKind.PHONE, "+48501234567") != Conversation.objects.first()


def test_nothing_goes_by_itself_to_an_address_that_was_only_typed(client: Browser):
    switch_on(is_on=False, has_hours=True, away_message="We are back tomorrow.", staff_emails="")
    client.post("/chat/", ANNA)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("contact", "12", "“12” is neither a phone number nor an e-mail address."),
        ("contact", "501 234 567, 502 345 678", "is neither a phone number"),
        ("contact", "anna@@example.com", "is not an e-mail address"),
        ("contact", "", "This field is required."),
        ("name", "", "This field is required."),
        ("text", " ", "This field is required."),
        ("text", "x" * 5001, "at most 5000 characters"),
    ],
)
def test_a_wrong_field_is_said_beside_it_and_the_rest_is_kept(client: Browser, field: str, value: str, sentence: str):
    answer = client.post("/chat/", {**ANNA, field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert field == "name" or 'value="Anna"' in page
    assert not ChatMessage.objects.exists()


def test_robots_are_thanked_and_forgotten(client: Browser):
    assert client.post("/chat/", {**ANNA, "website": "http://spam.example"}).status_code == 303
    assert not ChatMessage.objects.exists()
    assert not Message.objects.exists()


def test_one_address_fills_in_so_many_forms_within_an_hour(client: Browser, settings):
    settings.FEEDBACK_PER_HOUR = 3
    statuses = [client.post("/chat/", {**ANNA, "once": f"f{number}"}).status_code for number in range(5)]
    assert statuses == [303, 303, 303, 429, 429]
    assert ChatMessage.objects.count() == 3
    assert client.post("/chat/", {**ANNA, "once": "other"}, REMOTE_ADDR="203.0.113.9").status_code == 303


def test_with_the_chat_off_every_door_to_it_is_closed(client: Browser):
    token = client_token(make_client())
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    doors = [
        client.get(f"/chat/{token}/messages/"),
        client.post(f"/chat/{token}/read/", {"seen": 1}),
        client.get(f"/chat/{token}/events/"),
        client.get("/api/v1/chat/messages", **bearer),
        client.post("/api/v1/chat/messages", {"text": "Hi"}, content_type="application/json", **bearer),
        client.post("/api/v1/chat/read", {"seen": 1}, content_type="application/json", **bearer),
        client.get("/api/v1/chat/events", **bearer),
    ]
    assert [door.status_code for door in doors] == [403] * len(doors)
    assert not ChatMessage.objects.exists()


def test_a_chat_message_that_comes_after_the_switch_is_not_taken_for_feedback_without_a_word(client: Browser):
    """The page's script still sends to the chat: it is told, and keeps the words."""
    token = client_token(make_client())
    answer = client.post(f"/chat/{token}/", {"text": "Hello?", "once": "k"}, HTTP_X_REQUESTED_WITH="fetch")
    assert answer.status_code == 403
    assert answer.json()["code"] == "chat_off"
    assert not ChatMessage.objects.exists()


def test_by_the_api_without_a_key_the_staff_gets_one_letter(client: Browser):
    switch_on(is_on=False, staff_emails="boss@shop.example", copies_to_email=True)
    told = {"text": "Do you deliver?", "name": "Anna", "contact": "+48 501 234 567"}
    assert client.post("/api/v1/chat/feedback", told, content_type="application/json").status_code == 200
    assert Message.objects.count() == 1
