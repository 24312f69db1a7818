"""Carrying out a plan: clients, locations, new orders, changed ones, moves. A fixed number of queries for any rows."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from locations.consent import keep_refusals
from locations.models import Client, Location
from orders.models import Cause, Order
from orders.moves import move_orders, place_orders, reschedule_orders

from ..planning.planner import OrderBuilder
from ..planning.plans import Outcome, Plan, Verdict
from .storing import AnyModel, store_changes, store_clients, store_locations, with_keys

_ORDERS = Order._meta.db_table
_REMEMBER_ALL = (
    f"UPDATE {_ORDERS} SET file_said = said.said FROM unnest(%s::jsonb[], %s::bigint[]) AS said (said, id) "
    f"WHERE {_ORDERS}.id = said.id"
)


@transaction.atomic
def commit(plan: Plan, source: str, *, notify: bool, by: User | None) -> None:
    """Write what the plan says. Raises IntegrityError when somebody else wrote the same rows meanwhile: plan again."""
    filled = [v for v in plan.of(Outcome.CREATED) if v.where.pk is not None and v.where.changes]
    clients = store_clients(plan)
    locations = store_locations(plan)
    _place_new_orders(plan, source, clients, locations, notify=notify, by=by)
    _change_known_orders(plan, notify=notify, by=by)
    _keep_refusals(filled + plan.of(Outcome.UPDATED))


def _place_new_orders(
    plan: Plan,
    source: str,
    clients: dict[int, Client],
    locations: dict[int, Location],
    *,
    notify: bool,
    by: User | None,
) -> None:
    created = plan.of(Outcome.CREATED)
    clients |= _missing(Client, {verdict.whose.key for verdict in created} - clients.keys())
    locations |= _missing(Location, {verdict.where.key for verdict in created} - locations.keys())
    build = OrderBuilder(source)
    orders = [build(verdict, clients[verdict.whose.key], locations[verdict.where.key]) for verdict in created]
    if orders:
        place_orders(orders, cause=Cause.IMPORT, notify=notify, by=by)


def _missing(model: type[AnyModel], keys: set[int]) -> dict[int, AnyModel]:
    return model._default_manager.in_bulk(list(keys)) if keys else {}


def _change_known_orders(plan: Plan, *, notify: bool, by: User | None) -> None:
    """Plain fields first, then moves and arrivals, so that listeners see the order as the file has it."""
    updated = plan.of(Outcome.UPDATED)
    known = {verdict.order_id: verdict for verdict in updated if verdict.order_id is not None}
    store_changes(Order, {pk: plain for pk, verdict in known.items() if (plain := _plain_changes(verdict))})
    remember(plan.verdicts)
    restless = {pk: verdict for pk, verdict in known.items() if verdict.is_restless}
    if not restless:
        return
    orders = Order.objects.select_related("client", "location", "department", "stage").in_bulk(list(restless))
    moves = [(orders[pk], verdict.stage) for pk, verdict in restless.items() if verdict.stage]
    if moves:
        move_orders(moves, cause=Cause.IMPORT, notify=notify, by=by)
    arrivals = [
        (orders[pk], verdict.changes["planned_arrival"])
        for pk, verdict in restless.items()
        if "planned_arrival" in verdict.changes
    ]
    if arrivals:
        reschedule_orders(arrivals, notify=notify)


def _plain_changes(verdict: Verdict) -> dict[str, Any]:
    changes = with_keys(verdict.changes)
    changes.pop("planned_arrival", None)
    return changes


def remember(verdicts: Iterable[Verdict]) -> None:
    """What the file said, whether or not it moved anything: old news when the next file says it again.

    Of orders that stand as the file says it is remembered on checking: nobody imports what changes nothing.
    """
    news = [(json.dumps(v.said), v.order_id) for v in verdicts if v.said is not None]
    if not news:
        return
    with connection.cursor() as cursor:  # the ORM's bulk_update writes a CASE for each row
        if connection.vendor == "postgresql":
            cursor.execute(_REMEMBER_ALL, [list(column) for column in zip(*news, strict=True)])
        else:
            cursor.executemany(f"UPDATE {_ORDERS} SET file_said = %s WHERE id = %s", news)


def _keep_refusals(verdicts: list[Verdict]) -> None:
    """Of clients whose orders or places have another phone or e-mail now; new orders keep them by themselves."""
    addresses: dict[int, list[str]] = defaultdict(list)
    for verdict in verdicts:
        location, changes = verdict.where, verdict.changes
        if location.changes or {"contact_phone", "contact_email", "client", "location"} & changes.keys():
            own = [changes.get("contact_phone", ""), changes.get("contact_email", "")]
            addresses[verdict.whose.key] += [*own, location.phone, location.email]
    if addresses:
        keep_refusals(addresses)
