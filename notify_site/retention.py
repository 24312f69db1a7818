"""What is kept how long: old rows go by a daily job, in small batches, so that nobody waits for a lock."""

import datetime
import time
from collections.abc import Callable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from messaging.gateways.models import HookEvent, SandboxDelivery
from messaging.outbox.models import Attempt, Message, MessageState, Receipt
from orders.imports.models import ImportChunk

BATCH = 500
SECONDS = 5  # for one run; what is left is done by the next, which follows at once
OPEN = [state for state in MessageState if not state.is_final and state != MessageState.SENT]

Rule = tuple[str, Callable[[datetime.datetime], QuerySet]]
"""The setting with the number of days, and the rows that are older than a moment."""

RULES: list[Rule] = [
    ("KEEP_MESSAGES_DAYS", lambda before: Message.objects.filter(~Q(state__in=OPEN), created_at__lt=before)),
    ("KEEP_TRIES_DAYS", lambda before: Attempt.objects.filter(started_at__lt=before)),
    ("KEEP_RECEIPTS_DAYS", lambda before: Receipt.objects.filter(received_at__lt=before)),
    ("KEEP_CALLS_DAYS", lambda before: HookEvent.objects.filter(received_at__lt=before, handled_at__isnull=False)),
    ("KEEP_TASKS_DAYS", lambda before: Task.objects.filter(stopped__lt=before)),
    ("KEEP_SANDBOX_DAYS", lambda before: SandboxDelivery.objects.filter(at__lt=before)),
    ("KEEP_IMPORTED_ROWS_DAYS", lambda before: ImportChunk.objects.filter(run__finished_at__lt=before)),
]


def prune() -> dict[str, int]:
    """Delete what is older than its setting says, 0 days meaning never; returns the number of rows per setting."""
    ends_at = time.monotonic() + SECONDS
    removed = dict.fromkeys((name for name, _rows in RULES), 0)
    for name, rows in RULES:
        days = getattr(settings, name)
        if not days:
            continue
        old = rows(timezone.now() - datetime.timedelta(days=days))
        while keys := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            if time.monotonic() > ends_at:
                async_task("notify_site.retention.prune")
                return removed
            old.model._default_manager.filter(pk__in=keys).delete()
            removed[name] += len(keys)
    return removed
