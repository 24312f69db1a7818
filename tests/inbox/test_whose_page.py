"""A page that was opened by one person does nothing in the name of another who has logged in since."""

import pytest

from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import ChatMessage, Conversation, Draft
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["reply", "draft", "read", "close", "assign", "presence"])
def test_it_is_refused_whatever_it_asks(client, ola, asked, verb):
    bob = make_user("Operator", username="bob")
    data = {"text": "At noon", "once_key": "k", "way": web_line().pk, "seen": asked.pk, "state": "viewing"}
    answer = client.post(f"/inbox/{asked.conversation_id}/{verb}/", data, headers={"X-User": str(bob.pk)})
    assert (answer.status_code, answer.json()["code"]) == (403, "other_user")
    assert "Ola" in answer.json()["problem"]
    assert ChatMessage.objects.count() == 1
    assert not Draft.objects.exists()
    assert Conversation.objects.get().state == "open"


def test_ones_own_page_answers(client, ola, asked):
    data = {"text": "At noon", "once_key": "k", "way": web_line().pk, "seen": asked.pk}
    answer = client.post(f"/inbox/{asked.conversation_id}/reply/", data, headers={"X-User": str(ola.pk)})
    assert answer.status_code == 204


def test_the_next_draft_outlives_the_arrival_of_the_reply_before(client, ola, asked):
    data = {"text": "At noon", "once_key": "k", "way": web_line().pk, "seen": asked.pk}
    client.post(f"/inbox/{asked.conversation_id}/draft/", {"text": "And a se"})
    client.post(f"/inbox/{asked.conversation_id}/reply/", data)
    assert Draft.objects.get().text == "And a se"
