"""The list of conversations: unread first, then the newest; pages by key: the last costs what the first does."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from locations.search.words import words_of

from ..models import ChatMessage, Conversation, ConversationState, SavedView
from ..search.search import conversations_found, messages_found
from .filters import Assigned, Filters, Who

PAGE = 50
MOST_COUNTED = 100
"""A count stops here and says "99+": nobody needs more, and counting stays cheap."""
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Where a page of the list ended: is that row unread, when its last message was, its id."""

    is_unread: bool
    last_at: datetime.datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 18 for part in parts):
            return None
        unread, at, pk = map(int, parts)
        return cls(unread == 1, EPOCH + at * MICROSECOND, pk) if at < 4 * 10**15 else None

    @classmethod
    def of(cls, row: Conversation) -> "Place":
        return cls(row.is_unread, row.last_at, row.pk)

    def __str__(self) -> str:
        return f"{int(self.is_unread)}.{(self.last_at - EPOCH) // MICROSECOND}.{self.pk}"


@dataclass(frozen=True)
class Listed:
    """One page of rows; `next_place`: where the next one begins, "" when there is none."""

    rows: list[Conversation]
    next_place: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found; `next_message`: older messages are below this id, 0 when there are none."""

    conversations: list[Conversation]
    messages: list[ChatMessage]
    words: tuple[str, ...]
    next_message: int = 0

    def __bool__(self) -> bool:
        return bool(self.conversations or self.messages)


@dataclass(frozen=True)
class Counts:
    """Open conversations that are unread, each at most 100."""

    unread: int
    mine: int
    nobody: int
    system: int


def list_page(filters: Filters, user: User, after: Place | None = None) -> Listed:
    rows: list[Conversation] = []
    for part in _parts(filters.narrow(_with_names(), user), filters, after):
        rows += part[: PAGE + 1 - len(rows)]
        if len(rows) > PAGE:
            return Listed(rows[:PAGE], str(Place.of(rows[PAGE - 1])))
    return Listed(rows)


def _parts(rows: QuerySet[Conversation], filters: Filters, after: Place | None) -> Iterator[QuerySet[Conversation]]:
    """The unread ones, then the read ones: of each an index gives the next rows at once."""
    rows = rows.order_by("-last_at", "-pk")
    for is_unread in (True,) if filters.unread else (True, False):
        if after is not None and is_unread and not after.is_unread:
            continue
        part = rows.filter(is_unread__in=[is_unread])  # as an equation: SQLite finds no index for NOT is_unread
        if after is not None and is_unread == after.is_unread:
            # The first bound says nothing new, but lets the index begin where the last page ended.
            older = Q(last_at__lt=after.last_at) | Q(pk__lt=after.pk)
            part = part.filter(last_at__lte=after.last_at).filter(older)
        yield part


def search_page(filters: Filters, before: int = 0) -> Found:
    """Search looks everywhere, whatever the filters say: in closed conversations, too."""
    conversations: list[Conversation] = []
    if not before:
        found = conversations_found(filters.q).select_related("client", "line", "zone", "assignee")
        conversations = list(found.order_by("-last_at", "-pk")[:PAGE])
    wanted = messages_found(filters.q, before=before, at_most=PAGE + 1)
    messages = list(wanted.select_related("conversation__client", "line", "author"))
    next_message = messages[PAGE - 1].pk if len(messages) > PAGE else 0
    return Found(conversations, messages[:PAGE], tuple(words_of(filters.q)), next_message)


def is_shown(filters: Filters, user: User, pk: int) -> bool:
    """Whether the conversation belongs to the list that a page shows."""
    return not filters.q and filters.narrow(Conversation.objects.filter(pk=pk), user).exists()


def unread_counts(user: User) -> Counts:
    """One query of at most 100 rows."""
    unread = Conversation.objects.filter(is_unread__in=[True], state=ConversationState.OPEN)  # as an equation: SQLite
    rows = list(unread.values_list("assignee", "is_system")[:MOST_COUNTED])
    return Counts(
        unread=len(rows),
        mine=sum(assignee == user.pk for assignee, _is_system in rows),
        nobody=sum(assignee is None for assignee, _is_system in rows),
        system=sum(is_system for _assignee, is_system in rows),
    )


def saved_views(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=user)


def quick_chips(filters: Filters, counts: Counts) -> list[dict[str, object]]:
    """The filters of every day, as switches above the list."""
    switches = [
        ("unread", "1", Filters(unread="1"), counts.unread),
        ("assigned", Assigned.ME.value, Filters(assigned=Assigned.ME), counts.mine),
        ("who", Who.USERS.value, Filters(who=Who.USERS), 0),
        ("who", Who.SYSTEM.value, Filters(who=Who.SYSTEM), counts.system),
    ]
    return [
        {
            "name": only.chips()[0].name,
            "query": filters.toggled(name, value),
            "is_chosen": getattr(filters, name) == value,
            "count": f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else count,
        }
        for name, value, only, count in switches
    ]


def _with_names() -> QuerySet[Conversation]:
    return Conversation.objects.select_related("client", "line", "zone", "assignee")
