"""The demo's chat: conversations by two lines, read and unread, hints; all of it goes with the demo."""

import pytest
from django.core.management import call_command

from messaging.inbox.conversations.writing import tell_operators
from messaging.inbox.models import ChatMessage, ChatSettings, Conversation, Hint, LineKind
from tests.inbox.makers import client_writes, make_conversation
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db


def test_customers_talk_by_the_web_and_by_sms():
    call_command("load_demo")
    talks = Conversation.objects.filter(client__isnull=False)
    assert talks.count() == 4
    assert set(talks.values_list("line__kind", flat=True)) == {LineKind.WEB, LineKind.SMS}
    assert talks.filter(is_unread=True).count() == 2
    assert Conversation.objects.get(is_system=True).is_unread
    assert ChatSettings.current().is_on
    assert ChatSettings.current().greeting
    assert Hint.objects.count() == 4
    run_worker()
    assert "Добрый день! Водитель будет у вас до 18:00." in [words for _to, words in received()]


def test_what_somebody_has_set_up_and_said_stays():
    ChatSettings.current()
    ChatSettings.objects.update(is_on=True, greeting="Ours")
    mine = client_writes(make_conversation(), "Mine")
    told = tell_operators("Told before")
    call_command("load_demo")
    run_worker()
    call_command("remove_demo")
    assert (ChatSettings.current().is_on, ChatSettings.current().greeting) == (True, "Ours")
    assert set(ChatMessage.objects.all()) == {mine, told}
    assert not Hint.objects.exists()
