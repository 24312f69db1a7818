"""A past for imported orders: as if they had come in over the last two days and moved on since."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from orders import moves
from orders.models import Cause, Fulfilment, Order, Stage, StageChange, StageKind

# Where the orders of a file stand today, in the file's order.
TODAY = [
    *[StageKind.DELIVERED] * 4,
    StageKind.CANCELLED,
    *[StageKind.ON_THE_WAY] * 2,
    *[StageKind.READY] * 2,
    *[StageKind.PREPARING] * 2,
    *[StageKind.NEW] * 3,
]
BETWEEN_MOVES = datetime.timedelta(minutes=11)
FIRST_ARRIVAL = datetime.timedelta(minutes=17)
BETWEEN_ARRIVALS = datetime.timedelta(minutes=4)
TO_ARRIVE_IN = datetime.timedelta(minutes=50)


def next_stage(order: Order, stage: Stage, stages: Sequence[Stage]) -> Stage | None:
    """The stage after this one on the usual way; what is picked up is never on the way. None at the end."""
    line = [
        one
        for one in stages
        if one.kind != StageKind.CANCELLED
        and not (one.kind == StageKind.ON_THE_WAY and order.fulfilment != Fulfilment.DELIVERY)
    ]
    if stage not in line or StageKind(stage.kind).is_final:
        return None
    return next(iter(line[line.index(stage) + 1 :]), None)


def way_to(order: Order, kind: str, stages: Sequence[Stage]) -> list[Stage]:
    """The stages an order goes through until it stands on one of that kind."""
    if kind == StageKind.CANCELLED:
        return [stage for stage in stages if stage.kind == kind][:1]
    way: list[Stage] = []
    stage: Stage | None = order.stage
    while stage is not None and stage.kind != kind:
        stage = next_stage(order, stage, stages)
        if stage is not None:
            way.append(stage)
    return way


def live_through(orders: Sequence[Order]) -> None:
    """Move the orders of one file to where they stand today, nobody being told, and date all of it back."""
    stages = list(Stage.objects.all())
    ways = {order.pk: way_to(order, kind, stages) for order, kind in zip(orders, TODAY, strict=True)}
    for step in range(max(map(len, ways.values()))):
        moving = [(order, ways[order.pk][step]) for order in orders if len(ways[order.pk]) > step]
        moves.move_orders(moving, cause=Cause.DEMO, notify=False)
    date_back(orders)
    plan_arrivals(orders)


def date_back(orders: Sequence[Order]) -> None:
    now = timezone.now()
    changes: dict[int, list[StageChange]] = {order.pk: [] for order in orders}
    for change in StageChange.objects.filter(order__in=orders).order_by("pk"):
        changes[change.order_id].append(change)
    for number, order in enumerate(orders):
        over = StageKind(order.stage.kind).is_final
        at = now - datetime.timedelta(minutes=40 + 170 * (4 - number) ** 2 if over else 20 - number)
        for change in reversed(changes[order.pk]):
            change.at = at
            at -= BETWEEN_MOVES
        order.placed_at = changes[order.pk][0].at
        order.stage_entered_at = changes[order.pk][-1].at
    StageChange.objects.bulk_update([change for some in changes.values() for change in some], ["at"])
    Order.objects.bulk_update(orders, ["placed_at", "stage_entered_at"])


def plan_arrivals(orders: Sequence[Order]) -> None:
    """Orders without a promise have a planned arrival: soon, one after the other, or when they were delivered."""
    arrival = timezone.now() + FIRST_ARRIVAL
    arrivals = []
    for order in orders:
        if order.promised_minutes is not None:
            continue
        if StageKind(order.stage.kind).is_final:
            arrivals.append((order, order.placed_at + TO_ARRIVE_IN))
        else:
            arrivals.append((order, arrival))
            arrival += BETWEEN_ARRIVALS
    moves.reschedule_orders(arrivals)
