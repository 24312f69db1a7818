"""A client waits and nobody answers: everybody is told, once per waiting; only business hours count."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.models import Company

from ..conversations.writing import Said, add, lock, show
from ..models import ChatSettings, Conversation, ConversationState, OnSilence, Sender
from .business_hours import open_time

LIMIT = 200


def unanswered() -> QuerySet[Conversation]:
    """Those whose alarm was raised and where the client still waits."""
    return Conversation.objects.filter(waiting_since__isnull=False, alerted_at__isnull=False)


def alarm(now: datetime.datetime) -> int:
    """Raise it wherever the time is over; returns how many. Called each minute."""
    settings, company = ChatSettings.current(), Company.current()
    if not settings.on_silence:
        return 0
    limit = datetime.timedelta(minutes=settings.silence_minutes)
    rows = Conversation.objects.filter(alerted_at=None, state=ConversationState.OPEN, waiting_since__lte=now - limit)
    raised = 0
    for conversation in rows.order_by("waiting_since")[:LIMIT]:
        waiting_since = conversation.waiting_since or now
        if open_time(waiting_since, now, settings, company) < limit:
            break  # whoever began to wait later has waited less
        raised += raise_alarm(conversation, now, settings)
    return raised


@transaction.atomic
def raise_alarm(conversation: Conversation, now: datetime.datetime, settings: ChatSettings) -> bool:
    """False when somebody answered this very moment."""
    row = lock(conversation)
    if row.waiting_since is None or row.alerted_at is not None:
        return False
    words = [nobody_answered(settings.silence_minutes)]
    if settings.on_silence == OnSilence.REASSIGN and row.assignee is not None:
        words.append(_("It was taken from %s: anybody may answer.") % row.assignee)
        row.assignee = None
    kept = row.last_words, row.last_sender, row.last_at, row.last_is_hidden
    written = add(row, Sender.SYSTEM, Said(" ".join(words)), is_hidden=True)
    row.last_words, row.last_sender, row.last_at, row.last_is_hidden = (
        kept  # the list goes on showing what the client said
    )
    row.alerted_at, row.is_unread, row.unread = now, True, max(row.unread, 1)
    show(row, written)
    return True


def nobody_answered(minutes: int) -> str:
    return ngettext("Nobody answered in %d minute.", "Nobody answered in %d minutes.", minutes) % minutes
