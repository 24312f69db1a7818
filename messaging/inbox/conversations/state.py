"""Read, unread, assigned, snoozed, closed: the state of conversations that all operators share."""

import datetime
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.errors import CannotDo

from ..identity.finding import unseen_in
from ..live.publish import publish
from ..models import Conversation, EventKind, Sender
from ..states import By, ConversationState, stand
from .undoing import Before, remember
from .writing import Overtaken, lock

COUNTED = [Sender.CLIENT, Sender.SYSTEM]
"""Whose messages are unread until an operator has seen them."""


BATCH = 500


@transaction.atomic
def mark_read(conversation: Conversation, seen: int) -> None:
    """An operator has seen the messages up to the id `seen`; what came meanwhile stays unread."""
    row = lock(conversation)
    if not row.is_unread and row.read_up_to >= seen:
        return
    row.read_up_to = max(row.read_up_to, seen)
    row.unread = unseen_in(row).count()
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


def mark_all_read() -> list[Before]:
    """One press: nothing is unread any more (D23, D24); returns what those conversations were like before.

    What came after the press, or was being written then, stays unread: it has a `newest_id` that was not there.
    """
    at_press = dict(Conversation.objects.filter(is_unread=True).values_list("pk", "newest_id"))
    before: list[Before] = []
    for keys in batched(sorted(at_press)):
        before += _mark_some_read({key: at_press[key] for key in keys})
    with transaction.atomic():
        publish(EventKind.ALL_READ)
    return before


def batched(keys: list[int]) -> Iterator[list[int]]:
    yield from (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


@transaction.atomic
def _mark_some_read(seen: dict[int, int]) -> list[Before]:
    """`seen`: by conversation its newest message at the press."""
    rows = Conversation.objects.filter(pk__in=seen, is_unread=True)
    locked = list(rows.select_for_update(no_key=True).order_by("pk"))  # in the order in which all lock many
    done = [row for row in locked if row.newest_id == seen[row.pk]]
    keys = [row.pk for row in done]
    Conversation.objects.filter(pk__in=keys).update(is_unread=False, unread=0, read_up_to=F("newest_id"))
    return [remember(row) for row in done]


@transaction.atomic
def assign(conversation: Conversation, to: User | None) -> None:
    row = lock(conversation)
    row.assignee = to
    row.save(update_fields=["assignee"])
    publish(EventKind.CHANGED, row)


@transaction.atomic
def snooze(conversation: Conversation, until: datetime.datetime, seen: int | None = None) -> Before:
    """Out of the list until then; `seen` and what is raised for it as for `close`.

    Raises CannotDo for a moment that has passed.
    """
    if until <= timezone.now():
        raise CannotDo(_("Choose a moment ahead."))
    row = lock(conversation)
    before = remember(row)
    must_be_seen(row, seen)
    stand(row, ConversationState.SNOOZED, By.OPERATOR, until=until)
    row.save(update_fields=["state", "snoozed_until"])
    publish(EventKind.CHANGED, row)
    return before


@transaction.atomic
def close(conversation: Conversation, seen: int | None = None) -> Before:
    """Returns what it was like before, for an undo. `seen`: the newest message that was on the screen.

    Raises Overtaken when the client has written since.
    """
    row = lock(conversation)
    before = remember(row)
    must_be_seen(row, seen)
    stand(row, ConversationState.CLOSED, By.OPERATOR)
    row.waiting_since = row.alerted_at = None
    row.save(update_fields=["state", "snoozed_until", "waiting_since", "alerted_at"])
    publish(EventKind.CHANGED, row, is_for_client=True)
    return before


def must_be_seen(row: Conversation, seen: int | None) -> None:
    if seen is None:
        return
    newer = list(row.chat_messages.filter(pk__gt=seen, sender=Sender.CLIENT, is_command=False).order_by("pk"))
    if newer:
        raise Overtaken(newer)


@transaction.atomic
def reopen(conversation: Conversation, by: By = By.OPERATOR) -> Before:
    row = lock(conversation)
    before = remember(row)
    stand(row, ConversationState.OPEN, by)
    row.save(update_fields=["state", "snoozed_until"])
    publish(EventKind.CHANGED, row, is_for_client=True)
    return before


@transaction.atomic
def block(conversation: Conversation) -> Before:
    """Whatever comes from there is kept and counted from now on, and nobody is told; `reopen` undoes it.

    Raises CannotDo for the program's own conversation.
    """
    row = lock(conversation)
    if row.is_system:
        raise CannotDo(_("The program itself cannot be blocked."))
    before = remember(row)
    stand(row, ConversationState.BLOCKED, By.OPERATOR)
    row.blocked_count = 0
    row.waiting_since = row.alerted_at = None
    row.read_up_to, row.unread, row.is_unread = row.newest_id, 0, False
    row.save()
    publish(EventKind.CHANGED, row)
    return before


def wake_snoozed(now: datetime.datetime) -> int:
    """Bring back what was put aside until now, as unread; returns how many. A periodic job."""
    rows = list(Conversation.objects.filter(state=ConversationState.SNOOZED, snoozed_until__lte=now)[:500])
    for conversation in rows:
        reopen(conversation, By.CLOCK)
        mark_unread(conversation)
    return len(rows)
