"""In whose delivery zone a conversation stands: its client's last order's, whatever became of it since."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from locations.models import Location
from orders.models import Order, StageChange

from .conversations import zone_of
from .live import publish
from .models import Conversation, ConversationState, EventKind
from .writing import lock

LOOKED_AT = 500
"""Open conversations, the newest ones, that are looked at each minute: an address may have got another zone."""


def on_orders_moved(changes: list[StageChange], **_signal: Any) -> None:
    """Listens to orders_moved; of the moves the first ones alone, by which an order was placed."""
    clients = {change.order.client_id for change in changes if change.from_stage_id is None}
    if clients:
        transaction.on_commit(partial(follow_orders, clients))


def follow_orders(clients: Iterable[int]) -> int:
    """Returns how many conversations stand in another zone now."""
    return _follow(Conversation.objects.filter(client__among=clients))


def follow_places() -> int:
    """The same for those that are open now; a part of the job of each minute."""
    rows = Conversation.objects.filter(state=ConversationState.OPEN, client__isnull=False)
    newest = rows.order_by("-is_unread", "-last_at", "-pk").values_list("pk", flat=True)[:LOOKED_AT]
    return _follow(Conversation.objects.filter(pk__in=list(newest)))


def _follow(rows: QuerySet[Conversation]) -> int:
    """One query finds those that stand elsewhere; few do."""
    orders = Order.objects.filter(client=OuterRef("client")).order_by("-placed_at", "-pk")
    places = Location.objects.filter(client=OuterRef("client")).exclude(zone=None).order_by("pk")
    known = rows.annotate(
        has_order=Exists(orders),
        order_zone=Subquery(orders.values("location__zone")[:1]),
        place_zone=Subquery(places.values("zone")[:1]),
    )
    moved = [row for row in known if row.zone_id != (row.order_zone if row.has_order else row.place_zone)]
    for row in moved:
        set_zone(row)
    return len(moved)


@transaction.atomic
def set_zone(conversation: Conversation) -> None:
    row = lock(conversation)
    if row.client is not None:
        row.zone = zone_of(row.client)
        row.save(update_fields=["zone"])
        publish(EventKind.CHANGED, row)
