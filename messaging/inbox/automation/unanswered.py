"""A client waits and nobody answers: everybody is told, once per waiting; only business hours count."""

import datetime

from django.db import transaction
from django.db.models import QuerySet

from locations.models import Company

from .. import reasons
from ..conversations.writing import lock, remark, show
from ..models import LAST, ChatSettings, Conversation, ConversationState, OnSilence
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
    notice = reasons.UNANSWERED(minutes=settings.silence_minutes)
    if settings.on_silence == OnSilence.REASSIGN and row.assignee is not None:
        notice = notice.then(reasons.TAKEN_AWAY(who=row.assignee))
        row.assignee = None
    shown = {name: getattr(row, name) for name in LAST}
    written = remark(row, notice)
    for name, value in shown.items():  # the list goes on showing what the client said
        setattr(row, name, value)
    row.alerted_at, row.is_unread, row.unread = now, True, max(row.unread, 1)
    show(row, written)
    return True
