"""Asking providers for what customers wrote, where they cannot call us: e-mail, a bot on a machine behind a router.

What they had is kept as if they had called, and read the same way.
"""

import datetime
import logging
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from locations.values.reasons import NONE, Reason

from . import reasons
from .adapters import Polled, PollFailed
from .calls.hooks import make_event
from .credentials import CredentialsUnreadable
from .delivery import opened
from .models import Gateway, HookEvent

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)  # a task that did not come back by then is started again
AFTER_FAILURE = datetime.timedelta(minutes=1)
SECONDS = 45  # a task may take 60
STILL = datetime.timedelta(minutes=10)  # without an answer; then everybody is told


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
        return  # who was asked until now goes on being asked, so that it is seen that nothing is read
    wrong = Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=must_be_polled)
    now = timezone.now() if must_be_polled else None
    wrong.update(poll_at=now, polled_at=now)
    Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=False, polled_at=None).update(polled_at=timezone.now())


def poll(gateway_id: int) -> int:
    """A task: ask one provider; returns how many calls were kept."""
    gateway = Gateway.objects.filter(pk=gateway_id, is_on=True, poll_at__isnull=False).first()
    if gateway is None:
        return 0
    kept, polled = 0, None
    try:
        for polled in _ask(gateway):
            kept += keep(gateway, polled)
    except (PollFailed, CredentialsUnreadable) as failure:
        _note(gateway, failure.reason)
    except TimeoutError:
        _note(gateway, reasons.NO_ANSWER())
    except DatabaseError:
        raise
    # What a strange server makes a library raise is documented nowhere. The task would fail where nobody looks, and
    # begin again for ever: so it is said on the gateway's page, and stands still in sight of everybody.
    except Exception:
        logger.exception("The gateway %d could not be asked", gateway_id)
        _note(gateway, reasons.POLL_FAILED())
    else:
        seconds = 0 if polled is not None and polled.has_more else gateway.poll_seconds
        asked = {"poll_at": timezone.now() + datetime.timedelta(seconds=seconds), "poll_problem": NONE}
        Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=False).update(**asked)
    return kept


def standing_still(now: datetime.datetime) -> QuerySet[Gateway]:
    """Those that are to be asked and have not answered for too long, whatever the reason."""
    return Gateway.objects.filter(is_on=True, poll_at__isnull=False, polled_at__lt=now - STILL).order_by("polled_at")


def is_standing_still(gateway: Gateway, now: datetime.datetime) -> bool:
    """The same for one."""
    return gateway.poll_at is not None and gateway.polled_at is not None and gateway.polled_at < now - STILL


@transaction.atomic
def keep(gateway: Gateway, polled: Polled) -> int:
    """What came, and from where to ask on: both or neither, so that nothing is lost; what came twice is kept once."""
    HookEvent.objects.bulk_create([make_event(gateway, call) for call in polled.calls], ignore_conflicts=True)
    now = timezone.now()
    note = {"poll_cursor": polled.cursor, "poll_at": now + LEASE}
    if polled.is_progress:
        note["polled_at"] = now
    Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=False).update(**note)
    return len(polled.calls)


def _note(gateway: Gateway, problem: Reason) -> None:
    note = {"poll_problem": problem, "poll_at": timezone.now() + AFTER_FAILURE}
    Gateway.objects.filter(pk=gateway.pk, poll_at__isnull=False).update(**note)


def _ask(gateway: Gateway) -> Iterator[Polled]:
    """Each piece is kept before the next is asked for. Raises PollFailed, TimeoutError, CredentialsUnreadable."""
    with opened(gateway, SECONDS) as own:
        pieces = own.adapter.poll_on(gateway.poll_cursor)
        try:
            while (polled := own.wait_for(anext(pieces, None))) is not None:
                yield polled
        finally:
            own.runner.run(pieces.aclose())  # even when the time is over
