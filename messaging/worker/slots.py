"""Drain slots: how many workers of a host send at the same time, without any process having to remember it.

A slot is taken by the dispatcher for a few seconds and kept up by the worker that drains; when that worker dies, the
slot frees itself.
"""

import datetime
import socket
import uuid
from dataclasses import dataclass

from django.conf import settings

from .clock import about_database_now, database_now, is_over
from .due import free_slot_with_work
from .models import DrainSlot

LEASE = datetime.timedelta(seconds=4)
ALIVE = datetime.timedelta(seconds=30)


def host_name() -> str:
    return settings.HOST_NAME or socket.gethostname()


def prepare_slots() -> None:
    """Make this host's slots, and remove those it no longer has."""
    now = database_now()
    DrainSlot.objects.bulk_create(
        [
            DrainSlot(host=host_name(), number=number, lease_until=now, beat_at=now)
            for number in range(settings.DRAIN_SLOTS)
        ],
        ignore_conflicts=True,
    )
    DrainSlot.objects.filter(host=host_name(), number__gte=settings.DRAIN_SLOTS).delete()


def drains_alive() -> int:
    """How many drains may run at once on all hosts whose dispatcher has lately shown life."""
    return DrainSlot.objects.filter(beat_at__gt=database_now() - ALIVE).count()


def beat() -> None:
    """Say that this host's dispatcher lives."""
    DrainSlot.objects.filter(host=host_name()).update(beat_at=database_now())


@dataclass(frozen=True)
class Taken:
    """A slot taken for a new drain. `was_abandoned`: the drain before it never gave it back, or never began."""

    slot_id: int
    owner: uuid.UUID
    was_abandoned: bool


def take_slot(now: datetime.datetime) -> Taken | None:
    """A slot, when something is due and one is free. One query while there is nothing to do."""
    found = free_slot_with_work(host_name(), now, about_database_now())
    if found is None:
        return None
    leases_now = database_now()
    slot_id, was_abandoned = found
    owner = uuid.uuid4()
    slot = DrainSlot.objects.filter(is_over("lease_until", leases_now), pk=slot_id)
    return Taken(slot_id, owner, was_abandoned) if slot.update(owner=owner, lease_until=leases_now + LEASE) else None


def keep_slot(slot_id: int, owner: uuid.UUID) -> bool:
    """Prolong; False when the slot was lost meanwhile: claim nothing more."""
    return bool(DrainSlot.objects.filter(pk=slot_id, owner=owner).update(lease_until=database_now() + LEASE))


def free_slot(slot_id: int, owner: uuid.UUID) -> None:
    DrainSlot.objects.filter(pk=slot_id, owner=owner).update(owner=None, lease_until=database_now())
