"""Old conversations go with their files, drafts and the log too; what is open or young stays."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from messaging.inbox.attachments.attachments import attach
from messaging.inbox.conversations.state import close
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import ChatEvent, ChatMessage, Conversation, Draft
from notify_site.serving.retention import prune
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_user

pytestmark = pytest.mark.django_db(transaction=True)
YEARS = datetime.timedelta(days=1000)


def test_closed_conversations_lose_their_messages_and_files():
    old, open_one, young = make_conversation(), make_conversation(), make_conversation()
    file = attach(SimpleUploadedFile("note.txt", b"Ring twice"))
    receive(old, Said("Here", attachments=(file,)), web_line())
    kept = [client_writes(open_one), client_writes(young)]
    path = file.file.path
    close(old)
    close(young)
    Conversation.objects.filter(pk__in=[old.pk, open_one.pk]).update(last_at=timezone.now() - YEARS)
    assert prune()["KEEP_CHATS_DAYS"] == 1
    assert set(ChatMessage.objects.all()) == set(kept)
    assert not file.file.storage.exists(path)
    old.refresh_from_db()
    assert old.last_words == ""


def test_an_unknown_address_goes_altogether():
    conversation = Conversation.objects.create(title="+48501234567")
    client_writes(conversation)
    close(conversation)
    Conversation.objects.update(last_at=timezone.now() - YEARS)
    prune()
    assert not Conversation.objects.exists()


def test_for_ever_is_for_ever(settings):
    settings.KEEP_CHATS_DAYS = 0
    conversation = make_conversation()
    client_writes(conversation)
    close(conversation)
    Conversation.objects.update(last_at=timezone.now() - YEARS)
    prune()
    assert ChatMessage.objects.count() == 1


def test_drafts_and_the_log_go_but_the_logs_newest_stays():
    conversation = make_conversation()
    for _number in range(3):
        client_writes(conversation)
    Draft.objects.create(conversation=conversation, author=make_user("Operator"), text="Dear")
    Draft.objects.update(changed_at=timezone.now() - YEARS)
    ChatEvent.objects.update(at=timezone.now() - YEARS)
    newest = ChatEvent.objects.order_by("-pk").first()
    prune()
    assert not Draft.objects.exists()
    assert list(ChatEvent.objects.all()) == [newest]
