"""What is kept how long: old rows go by a daily job, in small batches, so that nobody waits for a lock."""

import datetime
import time
from collections.abc import Callable

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from messaging.gateways.models import HookEvent, SandboxDelivery
from messaging.inbox.retention import prune_chats, prune_drafts, prune_events
from messaging.outbox.models import Attempt, Message, Receipt
from messaging.outbox.states import MAY_YET_GO
from orders.imports.models import ImportChunk

BATCH = 500
SECONDS = 5  # for one run; what is left is done by the next, which follows at once

Remove = Callable[[datetime.datetime, int], int]
"""(before when, at most how many) -> how many rows went; 0: there are no more."""


def rows(older_than: Callable[[datetime.datetime], QuerySet]) -> Remove:
    """Removes rows as they are; what hangs on them goes with them."""

    def remove(before: datetime.datetime, at_most: int) -> int:
        old = older_than(before)
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:at_most])
        old.model._default_manager.filter(pk__in=keys).delete()
        return len(keys)

    return remove


RULES: list[tuple[str, Remove]] = [
    (
        "KEEP_MESSAGES_DAYS",
        rows(lambda before: Message.objects.filter(~Q(state__in=sorted(MAY_YET_GO)), created_at__lt=before)),
    ),
    ("KEEP_TRIES_DAYS", rows(lambda before: Attempt.objects.filter(started_at__lt=before))),
    ("KEEP_RECEIPTS_DAYS", rows(lambda before: Receipt.objects.filter(received_at__lt=before))),
    (
        "KEEP_CALLS_DAYS",
        rows(
            lambda before: HookEvent.objects.filter(received_at__lt=before, handled_at__isnull=False, is_unclear=False)
        ),
    ),
    ("KEEP_TASKS_DAYS", rows(lambda before: Task.objects.filter(stopped__lt=before))),
    ("KEEP_LOGINS_DAYS", rows(lambda before: AccessAttempt.objects.filter(attempt_time__lt=before))),
    ("KEEP_LOGINS_DAYS", rows(lambda before: AccessLog.objects.filter(attempt_time__lt=before))),
    ("KEEP_LOGINS_DAYS", rows(lambda before: Session.objects.filter(expire_date__lt=before))),
    ("KEEP_SANDBOX_DAYS", rows(lambda before: SandboxDelivery.objects.filter(at__lt=before))),
    ("KEEP_IMPORTED_ROWS_DAYS", rows(lambda before: ImportChunk.objects.filter(run__finished_at__lt=before))),
    ("KEEP_CHATS_DAYS", prune_chats),
    ("KEEP_DRAFTS_DAYS", prune_drafts),
    ("KEEP_CHAT_EVENTS_DAYS", prune_events),
]


def prune() -> dict[str, int]:
    """Delete what is older than its setting says, 0 days meaning never; returns the number of rows per setting."""
    ends_at = time.monotonic() + SECONDS
    removed = dict.fromkeys((name for name, _remove in RULES), 0)
    for name, remove in RULES:
        days = getattr(settings, name)
        if not days:
            continue
        before = timezone.now() - datetime.timedelta(days=days)
        while time.monotonic() <= ends_at and (count := remove(before, BATCH)):
            removed[name] += count
    if time.monotonic() > ends_at:
        async_task("notify_site.serving.retention.prune")
    return removed
