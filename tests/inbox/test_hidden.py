"""Hidden messages are for staff only: they pass through none of the client's doors (E25)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from messaging.inbox.attachments.attachments import attach
from messaging.inbox.conversations.writing import Said, note, tell_operators
from messaging.inbox.identity.access import client_token
from messaging.inbox.identity.finding import system_conversation
from messaging.inbox.models import Attachment, ChatMessage, Conversation
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_user

pytestmark = pytest.mark.django_db
SECRET = "He never pays on time."
Door = Callable[[Browser, str], Any]


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


DOORS: dict[str, Door] = {
    "page": lambda browser, token: browser.get(f"/chat/{token}/"),
    "earlier page": lambda browser, token: browser.get(f"/chat/{token}/?before=999999"),
    "fragment": lambda browser, token: browser.get(f"/chat/{token}/messages/?after=0"),
    "earlier fragment": lambda browser, token: browser.get(f"/chat/{token}/messages/?before=999999"),
    "answer to a message": lambda browser, token: browser.post(
        f"/chat/{token}/", {"text": "Hi", "after": "0"}, HTTP_X_REQUESTED_WITH="fetch"
    ),
    "refused message": lambda browser, token: browser.post(f"/chat/{token}/", {"text": ""}),
    "events": lambda browser, token: browser.get(f"/chat/{token}/events/?last=0"),
    "badge": lambda browser, token: browser.get(f"/chat/{token}/badge/"),
    "API: state": lambda browser, token: browser.get("/api/v1/chat", **bearer(token)),
    "API: messages": lambda browser, token: browser.get("/api/v1/chat/messages", **bearer(token)),
    "API: new messages": lambda browser, token: browser.get("/api/v1/chat/messages?after=0", **bearer(token)),
    "API: events": lambda browser, token: browser.get("/api/v1/chat/events?last=0", **bearer(token)),
}


@pytest.fixture
def conversation() -> Conversation:
    """Open words, then a hidden note with a hidden file."""
    switch_on()
    conversation = make_conversation()
    client_writes(conversation, "Open words")
    said = Said(SECRET, attachments=(attach(SimpleUploadedFile("debts.txt", SECRET.encode())),))
    note(conversation, said, author=make_user("Operator"))
    note(conversation, Said(f"{SECRET} A robot says so."))
    return conversation


def content_of(answer: Any) -> str:
    streamed = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return streamed.decode()


@pytest.mark.parametrize("door", DOORS)
def test_it_passes_through_no_door_of_the_clients(client: Browser, conversation: Conversation, door: str):
    content = content_of(DOORS[door](client, client_token(conversation.client)))
    hidden = ChatMessage.objects.filter(is_hidden=True).values_list("pk", flat=True)
    assert SECRET not in content
    assert "debts" not in content
    for pk in hidden:
        assert f'data-id="{pk}"' not in content
        assert f'"message": {pk}' not in content


@pytest.mark.parametrize("door", ["page", "fragment", "API: messages"])
def test_what_is_open_does_pass(client: Browser, conversation: Conversation, door: str):
    """So that the test above looks where words would be."""
    assert "Open words" in content_of(DOORS[door](client, client_token(conversation.client)))


def test_a_hidden_file_is_not_there_for_the_client_and_is_for_staff(client: Browser, conversation: Conversation):
    kept = Attachment.objects.get()
    assert client.get(f"/chat/{client_token(conversation.client)}/files/{kept.pk}/").status_code == 404
    client.force_login(make_user("Operator"))
    assert client.get(f"/chat/files/{kept.pk}/").content.decode() == SECRET


def test_it_is_not_counted_as_unread(client: Browser, conversation: Conversation):
    token = client_token(conversation.client)
    assert 'data-unread="0"' in client.get(f"/chat/{token}/badge/").content.decode()
    assert client.get("/api/v1/chat", **bearer(token)).json()["unread"] == 0


def test_what_the_program_tells_operators_is_in_nobodys_chat(client: Browser, conversation: Conversation):
    tell_operators(SECRET)
    system_conversation()
    for door in ("page", "API: messages"):
        assert SECRET not in content_of(DOORS[door](client, client_token(conversation.client)))
