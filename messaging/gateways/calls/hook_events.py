"""Calls of providers as work: each is read once, its receipts told to the outbox, its customers' words to the chat.

One that comes before our own record of the sending waits; one that ends its worker is given up after some tries.
"""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from messaging.worker.work_sources import GIVEN_UP, WorkSource, work_alone

from ..adapters import Unclear
from ..models import HookEvent
from ..signals import ReceiptsHeard, receipts_stored
from .inbound import mark, pass_on
from .reader import Reading, read

LIMIT = 100  # calls read in one transaction: some 70 ms in which nothing else is claimed
MOST_WORDS = 20  # customers' words kept at a time, 10 to 20 ms each; what is left is still due
LOOK_AGAIN = datetime.timedelta(seconds=2)  # after a receipt that came too early


def due_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    return HookEvent.objects.filter(handled_at__isnull=True, handle_after__lte=now)


def handle_events(now: datetime.datetime) -> int:
    """Read up to 100 calls of providers and do what they say; returns how many."""
    return read_events(due_events(now), now) if due_events(now).exists() else 0


def handle_event_alone(now: datetime.datetime) -> int:
    """Read the first call only, or give it up when that never ends; see `WorkSource.work_alone`."""
    events = due_events(now).order_by("handle_after", "pk")
    return work_alone(events, give_up, lambda event: read_events(due_events(now).filter(pk=event.pk), now))


def give_up(event: HookEvent) -> None:
    mark(event, GIVEN_UP, is_unclear=True)


SOURCE = WorkSource("calls of providers", due_events, handle_events, handle_event_alone)


def read_events(due: QuerySet[HookEvent], now: datetime.datetime) -> int:
    """Read up to 100 of these in one transaction; returns how many."""
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
        readings = [read(event) for event in rows.order_by("handle_after", "pk")[:LIMIT]]
        done = tell_receipts(readings, now)
        finish([reading for reading in done if not reading.words], now)
    for reading in [one for one in done if one.words][:MOST_WORDS]:
        pass_on(reading)
    return len(readings)


def tell_receipts(readings: Sequence[Reading], now: datetime.datetime) -> list[Reading]:
    """Whoever listens gets the receipts; returns the calls that are done with, the others wait a little."""
    heard = [answer for _listener, answer in receipts_stored.send(HookEvent, batch=readings) if answer is not None]
    everything = ReceiptsHeard.of(heard)
    if everything.early:
        HookEvent.objects.filter(pk__in=everything.early).update(handle_after=now + LOOK_AGAIN, claims=0)
    for reading in readings:
        if reading.event.pk in everything.strange:
            reading.unclear.append(
                Unclear(_("It is about a message that is not ours, or was removed."), must_be_seen=False)
            )
    return [reading for reading in readings if reading.event.pk not in everything.early]


def finish(readings: Sequence[Reading], now: datetime.datetime) -> None:
    for ending in {(reading.problem, reading.is_unclear) for reading in readings}:
        keys = [reading.event.pk for reading in readings if (reading.problem, reading.is_unclear) == ending]
        HookEvent.objects.filter(pk__in=keys).update(handled_at=now, problem=ending[0], is_unclear=ending[1])
