"""The demo goes on: its orders move to their next stage, new ones come in, old ones go."""

import datetime
import re
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from messaging.gateways.models import SandboxDelivery
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from notify_site.models import DemoRow
from orders import moves
from orders.models import Cause, Order, Stage, StageKind

from .history import next_stage
from .importing import SOURCE
from .made import lock, remember, rows_of

MOVES = 3
ACTIVE = 18  # orders that are not over; fewer: new ones come in
MOST_ORDERS = 60
FINAL = [kind for kind in StageKind if kind.is_final]
UNSETTLED = [MessageState.QUEUED, MessageState.HELD, MessageState.SENDING]
ARRIVES_IN = datetime.timedelta(minutes=25)
LOADED = ("client__company", "location", "department", "stage")


@transaction.atomic
def live_on() -> None:
    """One calm minute of the demo; nothing when it has been removed."""
    if not lock():
        return
    move_on(active_orders(), MOVES)
    place_new(min(MOVES, ACTIVE - len(active_orders())))
    forget_old()


def active_orders() -> list[Order]:
    """Those that have stood longest where they are come first."""
    orders = rows_of(Order).exclude(stage__kind__in=FINAL).select_related(*LOADED)
    return list(orders.order_by("stage_entered_at", "pk"))


def move_on(orders: Sequence[Order], most: int) -> None:
    """Move at most so many of these to their next stage; their customers are told."""
    stages = list(Stage.objects.all())
    ways = [(order, next_stage(order, order.stage, stages)) for order in orders]
    moves.move_orders([(order, stage) for order, stage in ways if stage][:most], cause=Cause.DEMO)


def place_new(count: int) -> None:
    """Customers whose last order is over order the same again."""
    active = [order.client_id for order in active_orders()]
    for _number in range(count):
        last = rows_of(Order).filter(stage__kind__in=FINAL, source=SOURCE).exclude(client__in=active)
        origin = last.select_related(*LOADED).order_by("stage_entered_at", "pk").first()
        if origin is None:
            return
        active.append(origin.client_id)
        order = same_again(origin)
        moves.place_orders([order], cause=Cause.DEMO)
        remember([order])


def same_again(origin: Order) -> Order:
    """The same order with the next number, placed now; unsaved."""
    now = timezone.now()
    prefix, _number = split_number(origin.number)
    used = Order.objects.filter(source=SOURCE, number__startswith=prefix).values_list("number", flat=True)
    following = max((split_number(number)[1] for number in used), default=0) + 1
    copied = (
        "client", "location", "department", "contact_phone", "contact_email", "fulfilment",
        "total", "currency", "payment_type", "contents", "promised_minutes",
    )  # fmt: skip
    fields = {name: getattr(origin, name) for name in copied}
    arrival = now + ARRIVES_IN if origin.promised_minutes is None else None
    return Order(source=SOURCE, number=f"{prefix}{following}", placed_at=now, planned_arrival=arrival, **fields)


def split_number(number: str) -> tuple[str, int]:
    """R-1014 -> ("R-", 1014)"""
    digits = re.search(r"[0-9]*$", number).group()
    return number.removesuffix(digits), int(digits or 0)


def forget_old() -> None:
    """The oldest orders that are over go, with their messages, so that the demo never grows without bound."""
    orders = rows_of(Order)
    surplus = orders.count() - MOST_ORDERS
    if surplus <= 0:
        return
    unsettled = Message.objects.filter(state__in=UNSETTLED, order__isnull=False).values("order")
    over = orders.filter(stage__kind__in=FINAL).exclude(pk__in=unsettled).order_by("stage_entered_at", "pk")
    forget_orders(list(over[:surplus]))


def forget_orders(orders: Sequence[Order]) -> None:
    """Delete orders with all that was said about them, the sandbox's copies too."""
    said = Message.objects.filter(order__in=orders)
    SandboxDelivery.objects.filter(key__in=said.values("key")).delete()
    said.delete()
    keys = [order.pk for order in orders]
    DemoRow.objects.filter(content_type__app_label="orders", content_type__model="order", object_id__in=keys).delete()
    Order.objects.filter(pk__in=keys).delete()
