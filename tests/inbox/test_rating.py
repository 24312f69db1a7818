"""What the client thought of the talk: once, seen by the staff alone; a bad one opens the talk again."""

import pytest

from locations.errors import CannotDo
from messaging.inbox.automation.rating import can_rate, rate
from messaging.inbox.conversations.state import close
from messaging.inbox.conversations.writing import Said, note
from messaging.inbox.models import ChatEvent, ChatMessage, ChatSettings, Conversation, ConversationState
from tests.inbox.makers import client_writes, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    ChatSettings.current()
    ChatSettings.objects.update(asks_rating=True)
    conversation = make_conversation()
    client_writes(conversation)
    close(conversation)
    return conversation


def test_the_staff_sees_it_in_the_thread_and_the_client_does_not(talk):
    rate(talk, 4, ChatSettings.current())
    talk.refresh_from_db()
    assert (talk.rating, talk.state) == (4, ConversationState.CLOSED)
    written = ChatMessage.objects.last()
    assert (str(written.notice), written.is_hidden) == ("The client rated the talk: 4 of 5.", True)
    assert not ChatEvent.objects.get(chat_message=written).is_for_client


@pytest.mark.parametrize("rating", [1, 2])
def test_a_bad_one_opens_the_talk_again_as_unread(talk, rating):
    rate(talk, rating, ChatSettings.current())
    talk.refresh_from_db()
    assert (talk.state, talk.is_unread) == (ConversationState.OPEN, True)


def test_it_is_given_once(talk):
    rate(talk, 5, ChatSettings.current())
    with pytest.raises(CannotDo, match="cannot be rated now"):
        rate(talk, 1, ChatSettings.current())
    talk.refresh_from_db()
    assert talk.rating == 5


def test_a_new_talk_is_rated_anew(talk):
    rate(talk, 5, ChatSettings.current())
    client_writes(talk, "One more thing")
    close(talk)
    rate(talk, 3, ChatSettings.current())
    talk.refresh_from_db()
    assert talk.rating == 3


def test_a_hidden_note_asks_for_no_rating_again(talk):
    rate(talk, 5, ChatSettings.current())
    note(talk, Said("A good one"))
    assert not can_rate(Conversation.objects.get(), ChatSettings.current())


def test_notes_alone_are_no_talk():
    ChatSettings.objects.update_or_create(pk=1, defaults={"asks_rating": True})
    conversation = make_conversation()
    note(conversation, Said("Calls often"))
    close(conversation)
    assert not can_rate(Conversation.objects.get(), ChatSettings.current())
