"""Reading the log of what open pages must show: by one thread of a web process, on a connection of its own."""

import datetime
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.worker.changes import ChangeListener

from ..models import ChatEvent, Conversation, ConversationState, EventKind

logger = logging.getLogger(__name__)

CHANNEL = "gonets_chat"
LOOK_EVERY = 0.1
"""Seconds between two looks at SQLite, which cannot wake us."""
WAIT_AT_MOST = 0.5
"""Seconds until the log is read anyhow, so that a wake-up that was lost does no harm."""
BATCH = 500
LONGEST_GAP = 1_000
"""Events; who missed more loads the page anew."""
PRESENCE_LASTS = datetime.timedelta(seconds=30)
COUNTED_UNREAD = 1_000
"""Nobody cares how many more there are, and counting stays cheap."""


@dataclass(frozen=True)
class Told:
    """One event. `conversation`: whom it concerns, None for all."""

    id: int
    kind: str
    conversation: int | None
    message: int | None
    is_for_client: bool
    data: dict[str, Any]

    def frame(self, **more: Any) -> bytes:
        """As it goes over the wire (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
        body = {**self.data, "conversation": self.conversation, "message": self.message, **more}
        return f"id: {self.id}\nevent: {self.kind}\ndata: {json.dumps(body, cls=DjangoJSONEncoder)}\n\n".encode()


def newest_event_id() -> int:
    """Where the log stands: what a page that is drawn now names as the last thing it knows."""
    return ChatEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def unread_conversations() -> QuerySet[Conversation]:
    """Open ones that somebody should read. Asked for as equations: else SQLite reads all there are."""
    return Conversation.objects.filter(state=ConversationState.OPEN, is_unread__in=[True])


def count_unread() -> int:
    """How many, at most 1,000."""
    return unread_conversations().order_by("-last_at", "-pk")[:COUNTED_UNREAD].count()


def events_after(last: int, *, conversation: int | None = None, at_most: int = BATCH) -> list[Told]:
    """The next events; with `conversation` only what its client may know. A hidden message is never among those."""
    rows: QuerySet[ChatEvent] = ChatEvent.objects.filter(pk__gt=last).order_by("pk")
    if conversation is not None:
        rows = rows.filter(Q(conversation=conversation) | Q(conversation=None), is_for_client=True)
    columns = ("pk", "kind", "conversation", "chat_message", "is_for_client", "chat_message__is_hidden", "data")
    told = [
        Told(pk, kind, about, message, is_for_client and not is_hidden, data)
        for pk, kind, about, message, is_for_client, is_hidden, data in rows.values_list(*columns)[:at_most]
    ]
    return told if conversation is None else [one for one in told if one.is_for_client]


def missed_since(last: int, conversation: int | None = None) -> list[Told] | None:
    """What a page that knows everything up to `last` has missed; None when that cannot be told any more."""
    oldest = ChatEvent.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is not None and 0 < last < oldest - 1:  # 0: when it was drawn there was no event yet
        return None
    missed = events_after(last, conversation=conversation, at_most=LONGEST_GAP + 1)
    return missed if len(missed) <= LONGEST_GAP else None


def prune_events(older_than: datetime.datetime, at_most: int = 1_000) -> int:
    """Delete what no page waits for; the newest stays, since from it one sees what is gone. Returns how many."""
    old = ChatEvent.objects.filter(at__lt=older_than, pk__lt=newest_event_id()).order_by("at")
    return ChatEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:at_most])).delete()[0]


def present_in(conversation: int) -> list[dict[str, Any]]:
    """Who looks at a conversation or is replying: the last word of each within 30 s, as {user, name, state}."""
    rows = ChatEvent.objects.filter(
        kind=EventKind.PRESENCE, conversation=conversation, at__gt=timezone.now() - PRESENCE_LASTS
    )
    newest = {data.get("user"): data for data in rows.order_by("pk").values_list("data", flat=True)}
    return [data for data in newest.values() if data.get("state") != "gone"]


class Feed:
    """Goes through the log once, in its order. All calls come from one thread; a database that is gone is awaited."""

    def __init__(self) -> None:
        self.position: int | None = None
        self._changes = ChangeListener(CHANNEL, glance=LOOK_EVERY)

    def start(self) -> None:
        """From now on. Raises DatabaseError when there is no database."""
        self._changes.listen()
        self.position = newest_event_id()

    def next(self) -> tuple[list[Told], int]:
        """Wait until there is something, half a second at most; the events, and how many conversations are unread."""
        try:
            self._changes.listen()
            told = events_after(self.position or 0)
            if not told:
                self._changes.wait(WAIT_AT_MOST)
                told = events_after(self.position or 0)
            unread = count_unread() if told else 0
        except (DatabaseError, InterfaceError) as error:
            self._lose(error)
            return [], 0
        if told:
            self.position = told[-1].id
        return told, unread

    def stop(self) -> None:
        connection.close()

    def _lose(self, error: Exception) -> None:
        logger.warning("The log of the chat cannot be read now, a new try follows: %s", error)
        self.stop()
        time.sleep(WAIT_AT_MOST)
