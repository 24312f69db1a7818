"""The JSON API: what the page can, an app can, and every refusal has a sentence and a word."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from messaging.inbox.conversations.state import close
from messaging.inbox.identity.access import client_token
from messaging.inbox.models import ChatMessage, Conversation
from messaging.outbox.models import Message
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
CHAT = "/api/v1/chat"


class App:
    """A mobile app that holds a client's token."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.browser = Browser()
        self.bearer = {"HTTP_AUTHORIZATION": f"Bearer {client_token(conversation.client)}"}

    def get(self, path: str = "", **headers: str) -> Any:
        return self.browser.get(CHAT + path, **self.bearer, **headers)

    def post(self, path: str, told: Any, **headers: str) -> Any:
        return self.browser.post(CHAT + path, told, content_type="application/json", **self.bearer, **headers)

    def send(self, *files: tuple[str, bytes], **fields: str) -> Any:
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return self.browser.post(f"{CHAT}/files", {"file": sent, **fields}, **self.bearer)


@pytest.fixture
def app() -> App:
    switch_on(greeting="Welcome!")
    return App(make_conversation())


def refusal(answer: Any) -> tuple[int, str]:
    told = answer.json()
    assert set(told) == {"error", "code"}
    assert told["error"].strip()
    return answer.status_code, told["code"]


def test_it_says_how_the_chat_stands_and_greets_once(app: App):
    state = app.get().json()
    assert (state["is_on"], state["greeting"], state["unread"]) == (True, "Welcome!", 0)
    assert app.get().json()["greeting"] == ""


def test_what_is_written_is_there_for_both_sides(app: App):
    answer = app.post("/messages", {"text": "Where is it?"})
    assert answer.status_code == 201
    assert answer.json()["message"]["text"] == "Where is it?"
    assert [one["text"] for one in app.get("/messages").json()["messages"]] == ["Where is it?"]
    app.conversation.refresh_from_db()
    assert app.conversation.unread == 1


def test_the_same_key_writes_once_and_other_words_under_it_are_refused(app: App):
    first = app.post("/messages", {"text": "Hello"}, HTTP_IDEMPOTENCY_KEY="k1")
    again = app.post("/messages", {"text": "Hello"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["message"] == again.json()["message"]
    assert refusal(app.post("/messages", {"text": "Bye"}, HTTP_IDEMPOTENCY_KEY="k1")) == (409, "key_used")
    assert app.conversation.chat_messages.count() == 1


def test_messages_come_in_order_and_by_pages(app: App):
    ids = [client_writes(app.conversation, str(number)).pk for number in range(60)]
    last = app.get("/messages").json()
    assert [one["id"] for one in last["messages"]] == ids[10:]
    assert last["has_more"]
    earlier = app.get(f"/messages?before={ids[10]}").json()
    assert [one["id"] for one in earlier["messages"]] == ids[:10]
    assert not earlier["has_more"]
    assert [one["id"] for one in app.get(f"/messages?after={ids[57]}").json()["messages"]] == ids[58:]


def test_files_are_sent_and_fetched(app: App):
    answer = app.send(("a.txt", b"words"), ("b.txt", b"more"), text="Two files")
    assert answer.status_code == 201
    first = answer.json()["message"]["files"][0]
    assert first["name"] == "a.txt"
    assert app.browser.get(first["url"]).content == b"words"


def test_reading_is_told(app: App):
    written = client_writes(app.conversation)
    assert app.post("/read", {"seen": written.pk}).json() == {"unread": 0}
    app.conversation.refresh_from_db()
    assert app.conversation.client_read_up_to == written.pk


def test_a_closed_talk_can_be_rated_once(app: App):
    switch_on(asks_rating=True)
    client_writes(app.conversation)
    assert refusal(app.post("/rating", {"rating": 5})) == (409, "not_asked")
    close(app.conversation)
    assert app.get().json()["asks_rating"]
    assert app.post("/rating", {"rating": 5}).json() == {"taken": True}
    assert refusal(app.post("/rating", {"rating": 6})) == (422, "bad_input")


def test_with_the_chat_off_feedback_is_what_is_left(app: App):
    make_gateway("sandbox_email")
    switch_on(is_on=False, staff_emails="boss@shop.example")
    assert not app.get().json()["is_on"]
    assert refusal(app.post("/messages", {"text": "Hi"})) == (403, "chat_off")
    assert refusal(app.send(("a.txt", b"words"))) == (403, "chat_off")
    assert app.post("/feedback", {"text": "Where is it?"}).json() == {"taken": True}
    assert app.conversation.chat_messages.get().text == "Where is it?"
    assert Message.objects.get(purpose="staff").to == "boss@shop.example"


def test_a_strangers_feedback_needs_a_name_and_an_address(client: Browser):
    def post(**told: str) -> Any:
        return client.post(f"{CHAT}/feedback", told, content_type="application/json")

    assert refusal(post(text="Hello")) == (422, "bad_form")
    assert post(text="Hello", name="Anna", contact="anna@example.com").json() == {"taken": True}
    assert Conversation.objects.get().title == "Anna, anna@example.com"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic x", "Bearer 1.2.3", "Bearer eyJ.eyJ.eyJ", "Bearer \0"]
)
def test_without_a_good_token_nothing_is_told(app: App, header: str):
    for path in ("", "/messages", "/events"):
        status, code = refusal(app.browser.get(CHAT + path, HTTP_AUTHORIZATION=header))
        assert status == 401
        assert code in {"no_token", "bad_token"}


def test_every_bad_message_has_its_answer(app: App):
    assert refusal(app.post("/messages", {"text": "  \0 "})) == (422, "empty")
    assert refusal(app.post("/messages", {"text": "x" * 100_000})) == (413, "too_long")
    assert refusal(app.post("/messages", {"words": "x"})) == (422, "bad_input")
    assert refusal(app.post("/messages", {"text": 7})) == (422, "bad_input")
    assert refusal(app.post("/messages", {"text": "x" * 3_000_000})) == (413, "too_large")
    assert refusal(app.post("/messages", {"text": "Hi"}, HTTP_IDEMPOTENCY_KEY="k" * 101)) == (422, "bad_key")
    assert refusal(app.browser.post(f"{CHAT}/messages", "{", content_type="application/json", **app.bearer))[0] == 400
    assert refusal(app.send(("photo.jpg", b"PK\x03\x04" + bytes(50)))) == (422, "bad_file")
    assert refusal(app.get("/messages?after=99999999999999999999")) == (422, "bad_input")
    assert not ChatMessage.objects.exists()


def test_its_documentation_is_there_and_from_here(client: Browser):
    page = client.get("/api/v1/docs").content.decode()
    assert "cdn" not in page
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert f"{CHAT}/messages" in paths
    assert len(paths) >= 7


def test_times_are_exact(app: App):
    before = timezone.now()
    told = app.post("/messages", {"text": "Now"}).json()["message"]["at"]
    assert told.endswith("Z")
    assert told >= before.isoformat()[:19]
