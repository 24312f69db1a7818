"""Putting messages into a conversation: what a client wrote, what an operator, a robot or the program says.

Each writer locks the conversation's row, so that within a conversation ids, times and counts agree.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from locations.errors import CannotDo
from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import storable
from messaging.outbox.redaction import without_secrets

from .. import reasons
from ..identity.finding import system_conversation
from ..lines.lines import Reach, last_way
from ..lines.outbound import deliver
from ..lines.staff_copies import send_copies
from ..live.publish import publish
from ..models import (
    LAST,
    LONGEST_LETTER,
    LONGEST_TEXT,
    Attachment,
    ChatMessage,
    Conversation,
    EventKind,
    Letter,
    Line,
    Sender,
)
from ..signals import client_wrote
from ..states import By, ConversationState, stand


class Overtaken(Exception):
    """Somebody wrote meanwhile: the operator must see it first. `newer`: what was not seen, the oldest first."""

    def __init__(self, newer: Sequence[ChatMessage]) -> None:
        super().__init__(_("A new message came while you were writing. Read it, then send again."))
        self.newer = list(newer)


@dataclass(frozen=True)
class Said:
    """What is to be written. `once_key`: the same one again is not written again. `whole`: a letter in full.

    `notice`: what the program itself tells operators.
    """

    text: str = ""
    subject: str = ""
    once_key: str = ""
    attachments: tuple[Attachment, ...] = ()
    at: datetime.datetime | None = None
    whole: str = ""
    notice: Reason = NONE


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """What a database takes and a page can show, at most 10,000 characters."""
    tidy = storable(text).replace("\r\n", "\n").strip()
    return tidy if len(tidy) <= longest else tidy[: longest - 1] + "…"


@transaction.atomic
def receive(
    conversation: Conversation,
    said: Said,
    line: Line,
    *,
    is_command: bool = False,
    is_unread: bool = True,
    is_heard: bool = True,
    keeps_line: bool = False,
    is_quiet: bool = False,
) -> ChatMessage | None:
    """A client wrote by this line; None when the same call came before. A closed conversation is open again.

    `is_unread`: an operator shall read it. `is_heard`: the program may answer by itself. `keeps_line`: a machine wrote,
    and answers go on by the line that the client last wrote from. `is_quiet`: it is kept, and nobody is told: too much
    at once, or from somebody who is blocked.
    """
    row = lock(conversation)
    if _is_repeated(said):
        return None
    if is_quiet or row.state == ConversationState.BLOCKED:
        return _keep_quietly(row, said, line, is_command=is_command)
    written = add(row, Sender.CLIENT, said, line=line, is_command=is_command)
    if not keeps_line or row.line is None:
        row.line = line
    if is_unread:
        row.unread += 1
        row.is_unread = True
        stand(row, ConversationState.OPEN, By.CLIENT)
        row.waiting_since = row.waiting_since or written.at
    show(row, written)
    if is_heard:
        client_wrote.send(ChatMessage, chat_messages=[written])
    return written


def _keep_quietly(row: Conversation, said: Said, line: Line, *, is_command: bool) -> ChatMessage:
    """The list goes on showing what it showed; no page is told, no copy is sent."""
    shown = {name: getattr(row, name) for name in LAST}
    written = add(row, Sender.CLIENT, said, line=line, is_command=is_command)
    if row.state == ConversationState.BLOCKED:
        row.blocked_count += 1
    row.line = line
    for name, value in shown.items():
        setattr(row, name, value)
    row.save(update_fields=["newest_id", "line", "blocked_count"])
    return written


@transaction.atomic
def reply(conversation: Conversation, author: User, said: Said, way: Reach, *, seen: int) -> ChatMessage | None:
    """An operator answers, having seen messages up to the id `seen`; None when this very press came before.

    Raises Overtaken when the client or a colleague wrote meanwhile, CannotDo when the way is barred.
    """
    row = lock(conversation)
    if _is_repeated(said):
        return None
    if row.state == ConversationState.BLOCKED:
        raise CannotDo(reasons.SENDER_BLOCKED())
    newer = row.chat_messages.filter(pk__gt=seen, sender__in=[Sender.CLIENT, Sender.OPERATOR], is_hidden=False)
    overtaking = [one for one in newer.select_related("author") if one.author_id != author.pk]
    if overtaking:
        raise Overtaken(overtaking)
    if way.obstacle:
        raise CannotDo(way.obstacle)
    written = add(row, Sender.OPERATOR, said, line=way.line, author=author)
    deliver(row, written, way)
    row.waiting_since = row.alerted_at = None
    stand(row, ConversationState.OPEN, By.REPLY)
    show(row, written)
    return written


@transaction.atomic
def note(conversation: Conversation, said: Said, *, author: User | None = None) -> ChatMessage | None:
    """A hidden message: for staff only, it never leaves (E25)."""
    row = lock(conversation)
    if _is_repeated(said):
        return None
    sender = Sender.OPERATOR if author is not None else Sender.ROBOT
    written = add(row, sender, said, author=author, is_hidden=True)
    show(row, written)
    return written


@transaction.atomic
def say(conversation: Conversation, said: Said, *, sender: Sender = Sender.ROBOT) -> ChatMessage | None:
    """A robot or the program speaks by the line that the client last wrote from (E24).

    Raises CannotDo when they never wrote, or when that line is barred.
    """
    row = lock(conversation)
    if _is_repeated(said):
        return None
    way = last_way(row)
    if way is None:
        raise CannotDo(reasons.NEVER_WROTE())
    if way.obstacle:
        raise CannotDo(way.obstacle)
    written = add(row, sender, said, line=way.line)
    deliver(row, written, way)
    show(row, written)
    return written


def tell_operators(text: str, once_key: str = "") -> ChatMessage | None:
    """The program's makers tell all operators something in their own words (D26)."""
    return announce(Said(text, once_key=once_key))


@transaction.atomic
def announce(said: Said, line: Line | None = None) -> ChatMessage | None:
    """The program tells all operators something, with files that came by `line`; None when the same came before."""
    row = lock(system_conversation())
    if _is_repeated(said):
        return None
    written = add(row, Sender.SYSTEM, said, line=line, is_hidden=True)
    row.unread += 1
    row.is_unread = True
    stand(row, ConversationState.OPEN, By.PROGRAM)
    show(row, written)
    return written


def remark(row: Conversation, notice: Reason) -> ChatMessage:
    """What the program itself notes in a locked conversation, for staff only; `show` must follow."""
    return add(row, Sender.SYSTEM, Said(notice=notice), is_hidden=True)


def lock(conversation: Conversation) -> Conversation:
    """The row as it is now; nobody else writes into the conversation until the transaction ends."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "client", "line", "zone", "assignee"
    )
    return rows.get(pk=conversation.pk)


def add(
    row: Conversation,
    sender: Sender,
    said: Said,
    *,
    line: Line | None = None,
    author: User | None = None,
    is_hidden: bool = False,
    is_command: bool = False,
) -> ChatMessage:
    """One message into a locked conversation; `show` must follow. Raises CannotDo when there is nothing to say."""
    text = clean_text(said.text)
    if not (text or said.notice or said.attachments):
        raise CannotDo(reasons.NOTHING_TO_SAY())
    written = ChatMessage.objects.create(
        conversation=row,
        sender=sender,
        author=author,
        line=line,
        text=text,
        notice=said.notice,
        subject=said.subject[:500],
        is_hidden=is_hidden,
        is_command=is_command,
        once_key=said.once_key,
        at=said.at or timezone.now(),
    )
    whole = clean_text(said.whole, LONGEST_LETTER) if said.whole else ""
    if whole and whole != text:
        Letter.objects.create(chat_message=written, text=whole)
    for attachment in said.attachments:
        attachment.chat_message = written
        attachment.save()
    row.newest_id, row.last_at, row.last_sender = written.pk, timezone.now(), sender
    row.last_is_hidden, row.last_notice = is_hidden, said.notice
    first = said.attachments[0].name if said.attachments else ""
    row.last_words = Truncator(without_secrets(text) or first).chars(160)
    return written


def show(row: Conversation, written: ChatMessage) -> None:
    """Keep the conversation's new state and tell open pages."""
    row.title = row.name  # by which search finds it
    row.save()
    send_copies(row, written)
    publish(EventKind.MESSAGE, row, chat_message=written, is_for_client=not written.is_hidden)


def _is_repeated(said: Said) -> bool:
    return bool(said.once_key) and ChatMessage.objects.with_key(said.once_key).exists()
