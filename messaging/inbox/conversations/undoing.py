"""Taking back a press of a button: what conversations were like before it, signed, goes to the page and comes again."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from locations.errors import CannotDo

from ..live.publish import publish
from ..models import Conversation, EventKind
from ..states import By, ConversationState, stand
from .writing import lock

SALT = "gonets.inbox.undo"
LASTS = datetime.timedelta(hours=1)
MOST = 2_000
"""Conversations that one press may change and be undone."""
STANDS = ("state", "snoozed_until")
SEEN = ("read_up_to", "unread", "is_unread", "waiting_since", "alerted_at")
MOMENTS = {"snoozed_until", "waiting_since", "alerted_at"}

Before = list[Any]


def remember(row: Conversation) -> Before:
    """As short as can be: it is sent to the page."""
    values = [getattr(row, name) for name in (*STANDS, *SEEN)]
    return [row.pk, row.newest_id, *(one.isoformat() if isinstance(one, datetime.datetime) else one for one in values)]


def sealed(user: User, before: Iterable[Before]) -> str:
    """For the page; "" when there is nothing to undo, or too much."""
    rows = list(before)
    return signing.dumps([user.pk, rows], salt=SALT, compress=True) if 0 < len(rows) <= MOST else ""


def undo(user: User, seal: str) -> None:
    """Raises CannotDo, for what is too old or another's."""
    try:
        owner, rows = signing.loads(seal, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise CannotDo(_("This can be undone no more.")) from error
    if owner != user.pk:
        raise CannotDo(_("This can be undone no more."))
    for before in sorted(rows):
        restore(before)


@transaction.atomic
def restore(before: Before) -> None:
    """What somebody wrote or answered meanwhile stays as it is now: then only the place in the list comes back."""
    key, newest_id, *values = before
    if not Conversation.objects.filter(pk=key).exists():
        return  # it has become a part of a client's
    row = lock(Conversation(pk=key))
    was = dict(zip((*STANDS, *SEEN), values, strict=True))
    is_same = row.newest_id == newest_id
    for name in (*STANDS, *(SEEN if is_same else ())):
        value = was[name]
        setattr(row, name, parse_datetime(value) if name in MOMENTS and value else value)
    if not is_same and row.is_unread:
        stand(row, ConversationState.OPEN, By.UNDO)
    row.save(update_fields=[*STANDS, *SEEN])
    publish(EventKind.CHANGED, row, is_for_client=True)
