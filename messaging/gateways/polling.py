"""Asking providers for what customers wrote, where they cannot call us: e-mail, a bot on a machine behind a router.

What they had is kept as if they had called, and read the same way.
"""

import asyncio
import datetime
import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from .adapters import Polled, PollFailed, storable
from .delivery import make_adapter
from .hooks import make_event
from .models import Gateway, HookEvent

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)  # a task that did not come back by then is started again
AFTER_FAILURE = datetime.timedelta(minutes=1)
SECONDS = 40  # a task may take 60


def due_gateways(now: datetime.datetime) -> QuerySet[Gateway]:
    """Those to be asked now."""
    return Gateway.objects.filter(is_on=True, poll_at__lte=now)


def start_polls(now: datetime.datetime) -> int:
    """One task for each, so that a slow provider holds up nobody; returns how many."""
    started = 0
    for pk, poll_at in due_gateways(now).values_list("pk", "poll_at"):
        if Gateway.objects.filter(pk=pk, poll_at=poll_at).update(poll_at=now + LEASE):
            async_task(poll, pk)
            started += 1
    return started


def arrange_polls() -> None:
    """A task, once a minute: gateways begin to be asked when they are connected, and stop when somebody calls us."""
    for gateway in Gateway.objects.all():
        arrange_poll(gateway)


def arrange_poll(gateway: Gateway) -> None:
    """The same for one, right after it was connected or changed."""
    try:
        must_be_polled = gateway.must_be_polled
    except ImproperlyConfigured:
        must_be_polled = False  # sending says so, and pauses the gateway
    wrong = Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=must_be_polled)
    wrong.update(poll_at=timezone.now() if must_be_polled else None)


def poll(gateway_id: int) -> int:
    """A task: ask one provider; returns how many calls were kept."""
    gateway = Gateway.objects.filter(pk=gateway_id, is_on=True, poll_at__isnull=False).first()
    if gateway is None:
        return 0
    try:
        polled = asyncio.run(_ask(gateway))
    except (PollFailed, TimeoutError, ImproperlyConfigured) as error:
        return postpone(gateway, str(error) or "The provider did not answer in time.")
    except Exception:  # a fault of ours must not end in silence: the gateway's page says so
        logger.exception("The gateway %s could not be asked", gateway)
        return postpone(gateway, "The program failed to read what the provider had; the log has the details.")
    return keep(gateway, polled)


def postpone(gateway: Gateway, reason: str) -> int:
    note = {"poll_problem": storable(reason)[:500], "poll_at": timezone.now() + AFTER_FAILURE}
    Gateway.objects.filter(pk=gateway.pk).update(**note)
    return 0


@transaction.atomic
def keep(gateway: Gateway, polled: Polled) -> int:
    """What came, and from where to ask on: both or neither, so that nothing is lost; what came twice is kept once."""
    HookEvent.objects.bulk_create([make_event(gateway, call) for call in polled.calls], ignore_conflicts=True)
    seconds = 0 if polled.has_more else gateway.poll_seconds
    now = timezone.now()
    note = {"poll_cursor": polled.cursor, "poll_at": now + datetime.timedelta(seconds=seconds), "poll_problem": ""}
    Gateway.objects.filter(pk=gateway.pk).update(**note)
    return len(polled.calls)


async def _ask(gateway: Gateway) -> Polled:
    """In an event loop of its own: connections belong to their loop. Raises PollFailed, TimeoutError."""
    adapter = make_adapter(gateway)
    try:
        async with asyncio.timeout(SECONDS):
            return await adapter.poll(gateway.poll_cursor)
    finally:
        await adapter.close()
