"""What the program answers by itself: outside business hours, once until somebody has been there again.

The greeting of the first contact (D6) is shown by the client's page only: by other lines it would be a message that
nobody asked for, and often a paid one.
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from locations.errors import CannotDo
from locations.models import Company

from ..conversations.writing import Said, say
from ..models import ChatMessage, ChatSettings, Conversation, Sender
from .business_hours import is_open, open_time

logger = logging.getLogger(__name__)


def on_client_wrote(chat_messages: list[ChatMessage], **_signal: Any) -> None:
    """Listens to client_wrote, which is silent about STOP and what machines write: no loop, no word after STOP."""
    settings, company, now = ChatSettings.current(), Company.current(), timezone.now()
    if not settings.away_message.strip() or is_open(now, settings, company):
        return
    for conversation in {one.conversation_id: one.conversation for one in chat_messages}.values():
        if not has_been_told(conversation, now, settings, company):
            tell_away(conversation, now, settings)


def has_been_told(conversation: Conversation, now: datetime.datetime, settings: ChatSettings, company: Company) -> bool:
    """Whether it was said since somebody was last there."""
    told_at = conversation.away_said_at
    return told_at is not None and not open_time(told_at, now, settings, company)


def tell_away(conversation: Conversation, now: datetime.datetime, settings: ChatSettings) -> None:
    """By the line written from; where that one is barred nothing is said."""
    try:
        with transaction.atomic():
            Conversation.objects.filter(pk=conversation.pk).update(away_said_at=now)
            say(conversation, Said(settings.away_message), sender=Sender.SYSTEM)
    except CannotDo as obstacle:
        logger.info("Conversation %d was not told that nobody is there: %s", conversation.pk, obstacle)
