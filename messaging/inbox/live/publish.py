"""Telling open pages: every change that they must show is one row in a log that they read in the order of its ids."""

from typing import Any

from django.db import connection

from messaging.worker.changes import tell

from ..models import ChatEvent, ChatMessage, Conversation, EventKind
from .log import CHANNEL

LOG_LOCK = 7_261_001
"""PostgreSQL's advisory lock under which ids are given out, so that no lower id is committed after a higher one."""


def publish(
    kind: EventKind,
    conversation: Conversation | None = None,
    *,
    chat_message: ChatMessage | None = None,
    is_for_client: bool = False,
    **data: Any,
) -> ChatEvent:
    """Write an event, in the caller's transaction, as the last thing there: others wait until it is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])
        tell(CHANNEL)
    return ChatEvent.objects.create(
        kind=kind, conversation=conversation, chat_message=chat_message, is_for_client=is_for_client, data=data
    )
