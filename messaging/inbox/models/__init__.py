"""Conversations with clients over every line, and the chat's settings."""

from .conversations import (
    LAST,
    LONGEST_LETTER,
    LONGEST_TEXT,
    Attachment,
    AttachmentState,
    ChatMessage,
    Conversation,
    ConversationAddress,
    ConversationState,
    Draft,
    Letter,
    Sender,
)
from .events import ChatEvent, EventKind
from .lines import AddressKind, Line, LineKind
from .setup import BusinessDay, ChatSettings, Hint, OnSilence, Weekday
from .turns import Turns
from .views import SavedView

__all__ = [
    "LAST",
    "LONGEST_LETTER",
    "LONGEST_TEXT",
    "AddressKind",
    "Attachment",
    "AttachmentState",
    "BusinessDay",
    "ChatEvent",
    "ChatMessage",
    "ChatSettings",
    "Conversation",
    "ConversationAddress",
    "ConversationState",
    "Draft",
    "EventKind",
    "Hint",
    "Letter",
    "Line",
    "LineKind",
    "OnSilence",
    "SavedView",
    "Sender",
    "Turns",
    "Weekday",
]
