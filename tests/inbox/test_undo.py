"""What a button did is taken back: the client waits again, what was unread is unread, and nothing newer is lost."""

import pytest

from messaging.inbox.conversations.writing import Said, reply, tell_operators
from messaging.inbox.lines.lines import ways_to
from messaging.inbox.models import Conversation
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_user

pytestmark = pytest.mark.django_db


def now(asked):
    return Conversation.objects.get(pk=asked.conversation_id)


def press(client, asked, verb, **data):
    return client.post(f"/inbox/{asked.conversation_id}/{verb}/", data)


def undo(client, answer):
    return client.post("/inbox/undo/", {"what": answer.json()["undo"]})


@pytest.mark.parametrize(("verb", "data"), [("close", {}), ("snooze", {"until": "hour"}), ("block", {})])
def test_it_is_as_it_was(client, ola, asked, verb, data):
    before = now(asked)
    answer = press(client, asked, verb, seen=asked.pk, **data)
    assert now(asked).state != "open"
    assert undo(client, answer).status_code == 204
    names = ("state", "snoozed_until", "waiting_since", "is_unread", "unread", "read_up_to")
    assert [getattr(now(asked), name) for name in names] == [getattr(before, name) for name in names]
    assert before.waiting_since is not None


@pytest.mark.parametrize(("verb", "data"), [("close", {}), ("snooze", {"until": "hour"})])
def test_nothing_is_put_away_over_a_message_that_nobody_saw(client, ola, asked, verb, data):
    client_writes(asked.conversation, "And cancel the other one!")
    answer = press(client, asked, verb, seen=asked.pk, **data)
    assert answer.status_code == 409
    assert "Read it first" in answer.json()["problem"]
    assert now(asked).state == "open"


def test_all_that_was_marked_read_is_unread_again(client, ola, asked):
    other = client_writes(make_conversation(make_client()), "Hello")
    tell_operators("The gateway is paused")
    press(client, asked, "read", seen=asked.pk)
    client_writes(asked.conversation, "Are you there?")
    answer = client.post("/inbox/read/")
    assert not Conversation.objects.filter(is_unread=True).exists()
    written = client_writes(other.conversation, "Hello?")
    assert undo(client, answer).status_code == 204
    assert (now(asked).unread, now(asked).read_up_to) == (1, asked.pk)
    assert (now(other).unread, now(other).is_unread, now(other).newest_id) == (1, True, written.pk)
    assert Conversation.objects.filter(is_unread=True).count() == 3


def test_what_was_answered_meanwhile_does_not_wait_again(client, ola, asked):
    answer = press(client, asked, "close", seen=asked.pk)
    reply(asked.conversation, ola, Said("At noon"), ways_to(asked.conversation)[0], seen=asked.pk)
    undo(client, answer)
    assert now(asked).waiting_since is None


def test_nobody_takes_back_what_a_colleague_did_or_what_was_made_up(client, ola, asked):
    what = press(client, asked, "close", seen=asked.pk).json()["undo"]
    bob = logged_in(make_user("Operator"))
    assert bob.post("/inbox/undo/", {"what": what}).status_code == 422
    assert client.post("/inbox/undo/", {"what": what[:-2]}).status_code == 422
    assert now(asked).state == "closed"


@pytest.mark.parametrize("state", ["closed", "snoozed", "blocked"])
def test_what_is_put_away_is_not_counted_as_unread(client, ola, asked, state):
    Conversation.objects.filter(pk=asked.conversation_id).update(state=state)
    assert client.get("/inbox/unread/").json() == {"unread": 0}
    assert client.get("/inbox/").context["counts"].unread == 0
