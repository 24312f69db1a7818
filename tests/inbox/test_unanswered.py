"""Nobody answered in N minutes: everybody is told, once per waiting; only business hours count."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from messaging.inbox.conversations.state import assign, close, snooze
from messaging.inbox.conversations.writing import Said, reply
from messaging.inbox.lines.lines import ways_to
from messaging.inbox.models import ChatSettings, ConversationState, Sender
from messaging.inbox.tasks import look_after
from tests.inbox.makers import client_writes, logged_in, make_conversation, switch_on
from tests.inbox.test_business_hours import at, make_hours
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    switch_on(on_silence="alert", silence_minutes=15)
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


def alarms(conversation):
    return [str(one.notice) for one in conversation.chat_messages.filter(sender=Sender.SYSTEM)]


def test_after_the_minutes_everybody_is_told_once(clock):
    conversation = make_conversation()
    client_writes(conversation)
    clock.move_to(at(10, 14))
    look_after()
    assert alarms(conversation) == []
    clock.move_to(at(10, 15))
    look_after()
    look_after()
    assert alarms(conversation) == ["Nobody answered within 15 min."]
    page = logged_in(make_user("Operator")).get(reverse("admin:index"))
    assert "1 client waits for an answer too long." in page.content.decode()


def test_an_answer_ends_it_and_the_next_waiting_counts_anew(clock):
    conversation = make_conversation()
    first = client_writes(conversation)
    clock.move_to(at(10, 20))
    look_after()
    operator = make_user("Operator")
    reply(conversation, operator, Said("Here I am"), ways_to(conversation)[0], seen=first.pk)
    page = logged_in(operator).get(reverse("admin:index"))
    assert "waits for an answer too long" not in page.content.decode()
    client_writes(conversation, "And now?")
    clock.move_to(at(10, 36))
    look_after()
    assert len(alarms(conversation)) == 2


def test_who_was_closed_and_writes_again_is_waited_for_anew(clock):
    conversation = make_conversation()
    client_writes(conversation)
    clock.move_to(at(10, 20))
    look_after()
    close(conversation)
    client_writes(conversation, "And now?")
    clock.move_to(at(10, 40))
    look_after()
    assert len(alarms(conversation)) == 2


def test_only_business_hours_count(clock):
    make_hours()
    conversation = make_conversation()
    clock.move_to(at(16, 50))
    client_writes(conversation)
    clock.move_to(at(9, 4, day=1))
    look_after()
    assert alarms(conversation) == []
    clock.move_to(at(9, 5, day=1))
    look_after()
    assert len(alarms(conversation)) == 1


def test_it_may_take_the_assignment_away(clock):
    ChatSettings.objects.update(on_silence="reassign")
    conversation, jan = make_conversation(), make_user("Operator", username="jan")
    client_writes(conversation)
    assign(conversation, jan)
    clock.move_to(at(10, 15))
    look_after()
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert "It was taken from jan" in alarms(conversation)[0]


def test_switched_off_nothing_happens(clock):
    ChatSettings.objects.update(on_silence="")
    conversation = make_conversation()
    client_writes(conversation)
    clock.move_to(at(16))
    look_after()
    assert alarms(conversation) == []


def test_what_was_put_aside_comes_back_as_unread(clock):
    conversation = make_conversation()
    snooze(conversation, timezone.now() + datetime.timedelta(hours=1))
    look_after()
    conversation.refresh_from_db()
    assert conversation.state == ConversationState.SNOOZED
    clock.move_to(at(11))
    look_after()
    conversation.refresh_from_db()
    assert (conversation.state, conversation.is_unread) == (ConversationState.OPEN, True)
