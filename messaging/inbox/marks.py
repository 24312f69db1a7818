"""Read, unread, assigned, snoozed, closed: the state of conversations that all operators share."""

import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .live import publish
from .models import ChatMessage, Conversation, ConversationState, EventKind, Sender
from .writing import lock

COUNTED = [Sender.CLIENT, Sender.SYSTEM]
"""Whose messages are unread until an operator has seen them."""


@transaction.atomic
def mark_read(conversation: Conversation, seen: int) -> None:
    """An operator has seen the messages up to the id `seen`; what came meanwhile stays unread."""
    row = lock(conversation)
    if not row.is_unread and row.read_up_to >= seen:
        return
    row.read_up_to = max(row.read_up_to, seen)
    newer = row.chat_messages.filter(pk__gt=row.read_up_to, sender__in=COUNTED, is_command=False)
    row.unread = newer.exclude(sender=Sender.SYSTEM, conversation__is_system=False).count()
    row.is_unread = row.unread > 0
    row.save(update_fields=["read_up_to", "unread", "is_unread"])
    publish(EventKind.CHANGED, row, is_for_client=True)  # their page says "seen"


@transaction.atomic
def mark_unread(conversation: Conversation) -> None:
    """Back to the top of the list, for a colleague or for later."""
    row = lock(conversation)
    row.is_unread, row.unread = True, max(1, row.unread)
    row.save(update_fields=["is_unread", "unread"])
    publish(EventKind.CHANGED, row)


@transaction.atomic
def mark_all_read() -> int:
    """One press: nothing is unread any more (D23, D24); returns how many conversations that were.

    Where a client writes this very moment stays unread: its `newest_id` is beyond what there was at the press.
    """
    newest = ChatMessage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = Conversation.objects.filter(is_unread=True, newest_id__lte=newest)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # in the order in which all lock many
    count = rows.update(is_unread=False, unread=0, read_up_to=newest)
    publish(EventKind.ALL_READ)
    return count


@transaction.atomic
def assign(conversation: Conversation, to: AbstractBaseUser | None) -> None:
    row = lock(conversation)
    row.assignee = to
    row.save(update_fields=["assignee"])
    publish(EventKind.CHANGED, row)


@transaction.atomic
def snooze(conversation: Conversation, until: datetime.datetime) -> None:
    """Out of the list until then. Raises ValueError for a moment that has passed."""
    if until <= timezone.now():
        raise ValueError("Choose a moment ahead.")
    row = lock(conversation)
    row.state, row.snoozed_until = ConversationState.SNOOZED, until
    row.save(update_fields=["state", "snoozed_until"])
    publish(EventKind.CHANGED, row)


@transaction.atomic
def close(conversation: Conversation) -> None:
    row = lock(conversation)
    row.state, row.snoozed_until = ConversationState.CLOSED, None
    row.waiting_since = row.alerted_at = None
    row.save(update_fields=["state", "snoozed_until", "waiting_since", "alerted_at"])
    publish(EventKind.CHANGED, row, is_for_client=True)


@transaction.atomic
def reopen(conversation: Conversation) -> None:
    row = lock(conversation)
    row.state, row.snoozed_until = ConversationState.OPEN, None
    row.save(update_fields=["state", "snoozed_until"])
    publish(EventKind.CHANGED, row, is_for_client=True)


@transaction.atomic
def block(conversation: Conversation) -> None:
    """Whatever comes from there is kept and counted from now on, and nobody is told; `reopen` undoes it.

    Raises ValueError for the program's own conversation.
    """
    row = lock(conversation)
    if row.is_system:
        raise ValueError(_("The program itself cannot be blocked."))
    row.state, row.snoozed_until, row.blocked_count = ConversationState.BLOCKED, None, 0
    row.waiting_since = row.alerted_at = None
    row.read_up_to, row.unread, row.is_unread = row.newest_id, 0, False
    row.save()
    publish(EventKind.CHANGED, row)


def wake_snoozed(now: datetime.datetime) -> int:
    """Bring back what was put aside until now, as unread; returns how many. A periodic job."""
    rows = list(Conversation.objects.filter(state=ConversationState.SNOOZED, snoozed_until__lte=now)[:500])
    for conversation in rows:
        reopen(conversation)
        mark_unread(conversation)
    return len(rows)
