"""The only ways to put an order onto a stage or to change its planned arrival.

Each takes a batch and does all of it in one transaction: lock, compare, write, tell the listeners. One order in a form
and 100,000 in a file go the same way. A stage set twice is no new visit: nobody is told twice (decision 2).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from locations.consent import keep_refusals, who_refused
from locations.rows.bulk_insert import Builder, insert_all

from .models import Cause, Order, Stage, StageChange, first_stage
from .signals import arrival_changed, orders_moved

BATCH = 500
T = TypeVar("T")


def in_batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@transaction.atomic
def place_orders(
    orders: Sequence[Order],
    *,
    cause: str = Cause.FORM,
    by: AbstractBaseUser | None = None,
    notify: bool = True,
) -> list[StageChange]:
    """Store new orders; each enters the stage set on it, else the first one.

    Raises IntegrityError when a (source, number) exists already, CannotDo when there is no stage at all.
    """
    start = None
    now = timezone.now()
    for order in orders:
        if order.stage_id is None:
            start = start or first_stage(Stage.objects.all())
            order.stage = start
        order.stage_entered_at = now
    insert_all(orders)
    keep_refusals_of(orders)
    build = Builder(StageChange)
    changes = [build(order=order, to_stage=order.stage, at=now, cause=cause, by=by, notify=notify) for order in orders]
    _tell(changes)
    return changes


def keep_refusals_of(orders: Iterable[Order]) -> None:
    """The phone and e-mail of an order are its client's from now on: what the client refused holds for them."""
    refusers = who_refused({order.client_id for order in orders})
    addresses: dict[int, list[str]] = defaultdict(list)
    for order in orders if refusers else ():
        addresses[order.client_id] += [order.contact_phone and order.contact_phone.as_e164, order.contact_email]
    if refusers:
        keep_refusals(addresses)


@transaction.atomic
def move_orders(
    moves: Iterable[tuple[Order, Stage]],
    *,
    cause: str = Cause.FORM,
    by: AbstractBaseUser | None = None,
    notify: bool = True,
) -> list[StageChange]:
    """Move each order to its stage; returns the changes really made, none for an order that stands there already.

    The orders given are brought up to date with what the database says after the move.
    """
    targets = {order.pk: (order, stage) for order, stage in moves}
    now = timezone.now()
    changes = []
    for keys in in_batches(sorted(targets)):
        standing = Order.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
        stages = dict(standing.values_list("pk", "stage_id"))
        for key in keys:
            order, stage = targets[key]
            if key not in stages:
                continue  # deleted meanwhile
            if stages[key] != stage.pk:
                changes.append(
                    StageChange(
                        order=order,
                        from_stage_id=stages[key],
                        to_stage=stage,
                        at=now,
                        cause=cause,
                        by=by,
                        notify=notify,
                    )
                )
            order.stage = stage
    by_stage: dict[int, list[int]] = {}
    for change in changes:
        change.order.stage_entered_at = now
        by_stage.setdefault(change.to_stage_id, []).append(change.order_id)
    for stage_id, keys in by_stage.items():
        for some in in_batches(keys):
            Order.objects.filter(pk__in=some).update(stage=stage_id, stage_entered_at=now, updated_at=now)
    _tell(changes)
    return changes


@transaction.atomic
def reschedule_orders(
    arrivals: Iterable[tuple[Order, datetime.datetime | None]], *, notify: bool = True
) -> list[Order]:
    """Set planned arrivals; returns the orders whose arrival really changed.

    The orders given are brought up to date with where the database says they stand. Without `notify` nobody is told
    of an arrival whose moment to be told has passed already (decision 14).
    """
    targets = {order.pk: (order, arrival) for order, arrival in arrivals}
    changed = []
    for keys in in_batches(sorted(targets)):
        standing = Order.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
        moved = []
        for key, known, stage_id in standing.values_list("pk", "planned_arrival", "stage_id"):
            order, arrival = targets[key]
            # In UTC: two wall clocks of one zone are compared by their hands, summer time or not.
            arrival = arrival and arrival.astimezone(datetime.UTC)
            order.stage_id, order.planned_arrival = stage_id, arrival
            if known != arrival:
                order.updated_at = timezone.now()
                moved.append(order)
        Order.objects.bulk_update(moved, ["planned_arrival", "updated_at"])
        if moved:
            arrival_changed.send(Order, orders=moved, notify=notify)
        changed += moved
    return changed


def move_to(order: Order, stage: Stage, **how: Any) -> StageChange | None:
    """Move one order; None when it stands there already. `how`: cause, by, notify as in `move_orders`."""
    changes = move_orders([(order, stage)], **how)
    return changes[0] if changes else None


def _tell(changes: list[StageChange]) -> None:
    for some in in_batches(changes):
        insert_all(some)
        orders_moved.send(Order, changes=list(some))
