"""A conversation's messages as the page shows them: bubbles with day lines, changes of line, the unread divider."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet, Value
from django.utils import timezone

from locations.models import Channel
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState

from ..conversations.state import COUNTED
from ..models import ChatMessage, Conversation

PAGE = 40
AROUND = 20
MOST_OUTSIDE = 60
"""Messages sent outside the chat shown with one page of bubbles; the panel's history has all."""
MOST_LATELY, LATELY = 20, datetime.timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One line of the thread. `kind` names its template: day, divider, bubble, outside."""

    kind: str
    at: datetime.datetime
    said: ChatMessage | None = None
    sent: Message | None = None
    line: str = ""
    is_new: bool = False

    @property
    def template(self) -> str:
        return f"inbox/operator/{self.kind}.html"

    @property
    def icon(self) -> str:
        """Of the channel of what was sent outside the chat."""
        return Channel(self.sent.channel).traits.icon if self.sent else ""

    @property
    def can_resend(self) -> bool:
        """Whether the reply is lost and one may send it again."""
        sent = self.said.message if self.said else None
        return sent is not None and MessageState(sent.state).is_lost


@dataclass(frozen=True)
class Thread:
    """Part of a conversation, the oldest first; `has_older`, `has_newer`: there is more that way."""

    said: list[ChatMessage]
    has_older: bool = False
    has_newer: bool = False
    entries: list[Entry] = field(default_factory=list)

    @property
    def newest_id(self) -> int:
        return self.said[-1].pk if self.said else 0

    @property
    def mark(self) -> str:
        """Changes when one of the messages sent outside the chat changes, or another comes."""
        states = [f"{one.sent.pk}{one.sent.state}{one.sent.reason}" for one in self.entries if one.sent]
        return hashlib.sha256("\n".join(states).encode()).hexdigest()[:16]


def newest(conversation: Conversation) -> Thread:
    return _backwards(conversation, None)


def older(conversation: Conversation, before: int) -> Thread:
    return _backwards(conversation, before)


def newer(conversation: Conversation, after: int) -> Thread:
    """What came after a message that the page has."""
    rows = list(_messages(conversation).filter(pk__gt=after).order_by("pk")[: PAGE + 1])
    previous = _messages(conversation).filter(pk__lte=after).order_by("-pk").first()
    part = Thread(rows[:PAGE], has_newer=len(rows) > PAGE)
    return _with_entries(conversation, part, [], previous)


def around(conversation: Conversation, found: int) -> Thread:
    """The place of a message that a search found, highlighted there."""
    before = list(_messages(conversation).filter(pk__lt=found).order_by("-pk")[: AROUND + 1])
    after = list(_messages(conversation).filter(pk__gte=found).order_by("pk")[: AROUND + 1])
    rows = [*reversed(before[:AROUND]), *after[:AROUND]]
    part = Thread(rows, has_older=len(before) > AROUND, has_newer=len(after) > AROUND)
    return _with_entries(conversation, part, _outside(conversation, part))


def alone(conversation: Conversation, pk: int) -> Thread:
    """One message as it is now, after its delivery went on."""
    said = list(_messages(conversation).filter(pk=pk))
    return Thread(said, entries=[Entry("bubble", one.at, said=one) for one in said])


def _backwards(conversation: Conversation, before: int | None) -> Thread:
    rows = _messages(conversation).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    part = Thread(found[PAGE - 1 :: -1] if len(found) > PAGE else found[::-1], has_older=len(found) > PAGE)
    end = ChatMessage.objects.filter(pk=before).values_list("at", flat=True).first() if before else None
    return _with_entries(conversation, part, _outside(conversation, part, end))


def _messages(conversation: Conversation) -> QuerySet[ChatMessage]:
    rows = conversation.chat_messages.select_related("author", "line", "message", "letter")
    return rows.prefetch_related("attachments")


def _outside(conversation: Conversation, part: Thread, end: datetime.datetime | None = None) -> list[Message]:
    """What robots and people sent by SMS and e-mail outside the chat, between the first bubble and the end."""
    if conversation.client_id is None:
        return []
    rows = _sent_to(conversation)
    if part.has_older:
        rows = rows.filter(created_at__gte=part.said[0].at)
    if part.has_newer:
        end = part.said[-1].at
    if end is not None:
        rows = rows.filter(created_at__lt=end)
    return list(rows.order_by("-pk")[:MOST_OUTSIDE])


def _sent_to(conversation: Conversation) -> QuerySet[Message]:
    """Outside the chat; whoever sees a thread may see its words, too."""
    rows = Message.objects.filter(client=conversation.client_id, chat_message=None)
    return rows.annotate(is_chat_shown=Value(True))


def lately_outside(conversation: Conversation) -> Thread:
    """What was sent outside the chat within a day, for a page that has been open since."""
    rows = _sent_to(conversation).exclude(client=None)
    newest = list(rows.filter(created_at__gt=timezone.now() - LATELY).order_by("-pk")[:MOST_LATELY])[::-1]
    return Thread([], entries=[Entry("outside", one.created_at, sent=one) for one in newest])


def _with_entries(
    conversation: Conversation, part: Thread, outside: Iterable[Message], previous: ChatMessage | None = None
) -> Thread:
    part.entries.extend(_entries(conversation, part.said, outside, previous))
    return part


def _entries(
    conversation: Conversation, said: list[ChatMessage], outside: Iterable[Message], previous: ChatMessage | None
) -> Iterator[Entry]:
    day = timezone.localdate(previous.at) if previous else None
    line = previous.line_id if previous else None
    is_divided = previous is not None and previous.pk > conversation.read_up_to
    rows = [*((one.at, one.pk, one, None) for one in said), *((one.created_at, 0, None, one) for one in outside)]
    for at, _pk, one, sent in _merged(rows):
        if timezone.localdate(at) != day:
            day = timezone.localdate(at)
            yield Entry("day", at)
        if one is None:
            yield Entry("outside", at, sent=sent)
            continue
        is_new = conversation.is_unread and one.pk > conversation.read_up_to and one.sender in COUNTED
        if is_new and not is_divided:
            is_divided = True
            yield Entry("divider", at)
        has_moved = one.line_id is not None and one.line_id != line
        line = one.line_id or line
        yield Entry("bubble", at, said=one, line=str(one.line) if has_moved else "", is_new=is_new)


Row = tuple[datetime.datetime, int, ChatMessage | None, Message | None]


def _merged(rows: list[Row]) -> list[Row]:
    """By time, but bubbles never change their own order: clocks of providers differ."""
    highest = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    placed = []
    for row in rows:
        if row[2] is not None:
            highest = max(highest, row[0])
            row = (highest, *row[1:])
        placed.append(row)
    return sorted(placed, key=lambda row: (row[0], row[1]))
