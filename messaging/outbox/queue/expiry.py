"""Messages whose validity ends while they wait: also behind a paused gateway, or while all sending is stopped."""

import datetime

from django.db import transaction
from django.db.models import QuerySet

from locations.values.reasons import Reason
from messaging.worker.work_sources import WorkSource

from .. import reasons
from ..models import Message
from ..signals import tell_changed_keys
from ..states import By, MessageState, move

LIMIT = 500


def expired_messages(now: datetime.datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=MessageState.QUEUED, expires_at__lte=now)


def expire_messages(now: datetime.datetime) -> int:
    """Take up to 500 of them out of the queue, each with its reason; returns how many."""
    if not expired_messages(now).exists():
        return 0
    by_reason: dict[Reason, list[int]] = {}
    with transaction.atomic():
        rows = expired_messages(now).select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
        for message in rows.order_by("expires_at")[:LIMIT]:
            by_reason.setdefault(why_expired(message), []).append(message.pk)
        for reason, keys in by_reason.items():
            move(Message.objects.filter(pk__in=keys), MessageState.EXPIRED, By.EXPIRY, reason=reason)
        tell_changed_keys(key for keys in by_reason.values() for key in keys)
    return sum(map(len, by_reason.values()))


def why_expired(message: Message) -> Reason:
    """To the minute, so that many have the same one."""
    assert message.expires_at is not None
    ended = message.expires_at.replace(second=0, microsecond=0)
    if message.gateway is not None and message.gateway.paused_at is not None:
        return reasons.EXPIRED_WHILE_PAUSED(at=ended, gateway=message.gateway)
    return reasons.EXPIRED(at=ended)


SOURCE = WorkSource("messages that are too old", expired_messages, expire_messages)
