"""Calls of providers as work: each is read once, its receipts told to the outbox, its customers' words to the chat.

One that comes before our own record of the sending waits; one that ends its worker is given up after some tries.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from messaging.worker.work_sources import WorkSource, is_free, unsuspected, work_alone

from .. import reasons
from ..adapters import Unclear
from ..models import HookEvent
from ..signals import ReceiptsHeard, receipts_stored
from .inbound import mark, pass_on
from .reader import Reading, read

LIMIT = 100  # calls read in one transaction: some 70 ms in which nothing else is claimed
MOST_WORDS = 20  # customers' words kept at a time, 10 to 20 ms each; what is left is still due
LOOK_AGAIN = datetime.timedelta(seconds=2)  # after a receipt that came too early


def due_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    return waiting_events(now).filter(is_free(now))


def waiting_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    """The due ones, also when a worker has just begun one alone."""
    return HookEvent.objects.filter(handled_at__isnull=True, handle_after__lte=now)


def handle_events(now: datetime.datetime) -> int:
    """Read up to 100 calls of providers and do what they say; returns how many.

    One that was begun alone and never ended is not among them: it is begun alone again.
    """
    if not due_events(now).exists():
        return 0
    with transaction.atomic():
        found = locked(due_events(now))
        events = unsuspected(found)
        heard = read_events(events, now)
    pass_all_on(heard)
    if len(events) == len(found):
        return len(events)
    return len(events) + handle_alone(due_events(now).filter(claims__gt=0), now)


def handle_event_alone(now: datetime.datetime) -> int:
    """Read the first call only, or give it up when that never ends; see `WorkSource.work_alone`."""
    return handle_alone(due_events(now), now)


def handle_alone(events: QuerySet[HookEvent], now: datetime.datetime) -> int:
    return work_alone(events.order_by("handle_after", "pk"), give_up, lambda event: handle_event(event, now))


def handle_event(event: HookEvent, now: datetime.datetime) -> int:
    """Read the one that this worker has claimed; 0 when it is due no more, or somebody else has it."""
    with transaction.atomic():
        events = locked(waiting_events(now).filter(pk=event.pk))
        heard = read_events(events, now)
    pass_all_on(heard)
    return len(events)


def give_up(event: HookEvent) -> None:
    mark(event, reasons.GIVEN_UP(), is_unclear=True)


def locked(due: QuerySet[HookEvent]) -> list[HookEvent]:
    """The first 100 of these that nobody else has."""
    rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
    return list(rows.order_by("handle_after", "pk")[:LIMIT])


def read_events(events: Sequence[HookEvent], now: datetime.datetime) -> list[Reading]:
    """Do what locked calls say, within the transaction that locked them; those with words are still to be passed on."""
    done = tell_receipts([read(event) for event in events], now)
    finish([reading for reading in done if not reading.words], now)
    return [reading for reading in done if reading.words]


def pass_all_on(heard: Sequence[Reading]) -> None:
    for reading in heard[:MOST_WORDS]:
        pass_on(reading)


SOURCE = WorkSource("calls of providers", due_events, handle_events, handle_event_alone)


def tell_receipts(readings: Sequence[Reading], now: datetime.datetime) -> list[Reading]:
    """Whoever listens gets the receipts; returns the calls that are done with, the others wait a little."""
    heard: list[Any] = [
        answer for _listener, answer in receipts_stored.send(HookEvent, batch=readings) if answer is not None
    ]
    everything = ReceiptsHeard.of(heard)
    if everything.early:
        HookEvent.objects.filter(pk__in=everything.early).update(
            handle_after=now + LOOK_AGAIN, claims=0, left_until=None
        )
    for reading in readings:
        if reading.event.pk in everything.strange:
            reading.unclear.append(Unclear(reasons.UNKNOWN_MESSAGE(), must_be_seen=False))
    return [reading for reading in readings if reading.event.pk not in everything.early]


def finish(readings: Sequence[Reading], now: datetime.datetime) -> None:
    for ending in {(reading.problem, reading.is_unclear) for reading in readings}:
        keys = [reading.event.pk for reading in readings if (reading.problem, reading.is_unclear) == ending]
        HookEvent.objects.filter(pk__in=keys).update(handled_at=now, problem=ending[0], is_unclear=ending[1])
