"""With the chat off it is off by every door (D1); what merely looks costs nobody the greeting (D6)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from messaging.inbox.attachments.attachments import attach
from messaging.inbox.conversations.state import close
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.access import client_token
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import Attachment, Conversation
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    switch_on(asks_rating=True)
    conversation = make_conversation()
    client_writes(conversation, "Open words")
    files = (attach(SimpleUploadedFile("note.txt", b"ring twice")),)
    receive(conversation, Said("Look", attachments=files), web_line())
    close(conversation)
    return conversation


@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "fetch"}])
def test_no_rating_is_taken_and_no_message_shown_for_it(client, talk, headers):
    switch_on(is_on=False)
    answer = client.post(f"/chat/{client_token(talk.client)}/rating/", {"rating": "5"}, headers=headers)
    assert answer.status_code == 403
    assert "Open words" not in answer.content.decode()
    assert Conversation.objects.get().rating is None


def test_no_file_is_given_out(client, talk):
    address = f"/chat/{client_token(talk.client)}/files/{Attachment.objects.get().pk}/"
    assert client.get(address).status_code == 200
    switch_on(is_on=False)
    assert client.get(address).status_code == 404


def test_a_head_request_uses_up_no_greeting_and_sees_nothing(client):
    switch_on(greeting="Welcome!")
    anna = make_client()
    address = f"/chat/{client_token(anna)}/"
    assert client.head(address).status_code == 200
    assert "Welcome!" in client.get(address).content.decode()
    assert "Welcome!" not in client.get(address).content.decode()
