"""The script of the chat's button, and what its frame holds before it is opened."""

import pytest
from django.test import Client as Browser

from messaging.inbox.conversations.writing import Said, reply
from messaging.inbox.identity.access import client_token
from messaging.inbox.lines.lines import Reach, web_line
from messaging.inbox.models import Conversation
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client, make_user

pytestmark = pytest.mark.django_db


def test_the_script_may_be_kept_and_used_by_any_site(client: Browser):
    answer = client.get("/chat/widget.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(answer.content) < 8_000


def test_the_closed_button_counts_and_marks_nothing_seen(client: Browser):
    switch_on(greeting="Welcome!")
    conversation = make_conversation()
    written = client_writes(conversation)
    conversation.refresh_from_db()
    reply(conversation, make_user("Operator"), Said("Hello"), Reach(web_line()), seen=written.pk)
    address = f"/chat/{client_token(conversation.client)}/badge/"
    assert 'data-unread="1"' in client.get(address).content.decode()
    assert client.get(address, HTTP_X_REQUESTED_WITH="fetch").json() == {"unread": 1}
    conversation.refresh_from_db()
    assert (conversation.client_read_up_to, conversation.greeted_at) == (0, None)


def test_a_visitor_who_never_opens_it_leaves_no_conversation(client: Browser):
    switch_on()
    assert client.get(f"/chat/{client_token(make_client())}/badge/").status_code == 200
    assert not Conversation.objects.exists()
