"""Small makers of the chat: clients who write, operators who listen; operators are made by make_user("Operator")."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client as Browser

from locations.models import Client
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.finding import conversation_of
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import ChatMessage, ChatSettings, Conversation
from tests.makers import make_client


def make_conversation(client: Client | None = None, **fields: Any) -> Conversation:
    """A client's conversation, without any message; fields of its own are written into it. The chat is on, unless a
    test has said something else before.
    """
    ChatSettings.objects.get_or_create(pk=1, defaults={"is_on": True})
    conversation = conversation_of(client or make_client())
    if fields:
        Conversation.objects.filter(pk=conversation.pk).update(**fields)
        conversation.refresh_from_db()
    return conversation


def logged_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def client_writes(conversation: Conversation, text: str = "Hello") -> ChatMessage:
    """By the web chat."""
    return receive(conversation, Said(text), web_line())


def switch_on(**fields: Any) -> ChatSettings:
    """The chat is on; its other settings by keywords."""
    ChatSettings.objects.update_or_create(pk=1, defaults={"is_on": True, **fields})
    return ChatSettings.current()
