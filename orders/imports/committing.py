"""Carrying out a plan: clients, locations, new orders, changed ones, moves. A fixed number of queries for any rows."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Model

from locations.bulk import Builder, insert_all
from locations.models import Client, ContactKind, ContactPoint, ContactType, Location
from locations.phones import ValidPhone
from orders.models import Cause, Order
from orders.moves import move_orders, place_orders, reschedule_orders

from .examining import OrderBuilder
from .plans import ClientPlan, LocationPlan, Outcome, Plan, Verdict

AnyModel = TypeVar("AnyModel", bound=Model)


@transaction.atomic
def commit(plan: Plan, source: str, *, notify: bool, by: AbstractBaseUser | None) -> None:
    """Write what the plan says. Raises IntegrityError when somebody else wrote the same rows meanwhile: plan again."""
    clients = _store_clients(plan)
    locations = _store_locations(plan)
    _place_new_orders(plan, source, clients, locations, notify=notify, by=by)
    _change_known_orders(plan, notify=notify, by=by)


# --- Clients and locations ---


def _store_clients(plan: Plan) -> dict[int, Client]:
    """Writes companies, clients and the contacts of new ones; returns clients by key."""
    people = plan.new_clients
    build = Builder(Client)
    companies = [build(**company.fields) for company in plan.companies]
    insert_all(companies)
    for company, row in zip(plan.companies, companies, strict=True):
        company.pk = row.pk
    rows = [build(**_with_keys(client.fields)) for client in people]
    insert_all(rows)
    for client, row in zip(people, rows, strict=True):
        client.pk = row.pk
    build = Builder(ContactPoint)
    contacts = [
        build(client_id=client.pk, kind=kind.value, type=usual_type.value, value=value)
        for client in people
        for kind, usual_type, value in (
            (ContactKind.PHONE, ContactType.MOBILE, client.phone),
            (ContactKind.EMAIL, ContactType.OTHER, client.email),
        )
        if value
    ]
    insert_all(contacts)
    changes = {client.pk: _with_keys(client.changes) for client in plan.clients if client.changes}
    _store_changes(Client, changes)
    return {row.pk: row for row in rows}


def _with_keys(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Plans among the values become the keys they have by now; phones become ready to store."""
    ready = {}
    for name, value in changes.items():
        if isinstance(value, ClientPlan | LocationPlan):
            ready[f"{name}_id"] = value.pk
        elif name in {"phone", "contact_phone"}:
            ready[name] = ValidPhone(value)
        else:
            ready[name] = value
    return ready


def _store_locations(plan: Plan) -> dict[int, Location]:
    """Writes new and changed locations; returns the new ones by key."""
    new = plan.new_locations
    build = Builder(Location)
    rows = [_location_row(build, location) for location in new]
    insert_all(rows)
    changes = {location.pk: _with_keys(location.changes) for location in plan.changed_locations}
    for location, row in zip(new, rows, strict=True):
        location.pk = row.pk
    _store_changes(Location, changes)
    return {row.pk: row for row in rows}


def _location_row(build: Builder[Location], location: LocationPlan) -> Location:
    return build(
        client_name=location.client_name,
        address=location.address,
        email=location.email,
        phone=ValidPhone(location.phone) if location.phone else "",
        zone_id=location.zone_id,
        district=location.district,
        client_id=location.client.pk,
    )


def _store_changes(model: type[AnyModel], changes: Mapping[int, Mapping[str, Any]]) -> dict[int, AnyModel]:
    """Set each row's own fields. One upsert by key: `bulk_update` writes a CASE for every field of every row."""
    if not changes:
        return {}
    rows = model._default_manager.in_bulk(list(changes))
    for pk, row in rows.items():
        for name, value in changes[pk].items():
            setattr(row, name, value)
    touched = {model._meta.get_field(name).name for one in changes.values() for name in one}
    stamps = {field.name for field in model._meta.concrete_fields if getattr(field, "auto_now", False)}
    model._default_manager.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["pk"], update_fields=sorted(touched | stamps)
    )
    return rows


# --- Orders ---


def _place_new_orders(
    plan: Plan,
    source: str,
    clients: dict[int, Client],
    locations: dict[int, Location],
    *,
    notify: bool,
    by: AbstractBaseUser | None,
) -> None:
    created = plan.of(Outcome.CREATED)
    clients |= _missing(Client, {verdict.client.pk for verdict in created} - clients.keys())
    locations |= _missing(Location, {verdict.location.pk for verdict in created} - locations.keys())
    build = OrderBuilder(source)
    orders = [build(verdict, clients[verdict.client.pk], locations[verdict.location.pk]) for verdict in created]
    if orders:
        place_orders(orders, cause=Cause.IMPORT, notify=notify, by=by)


def _missing(model: type[AnyModel], keys: set[int]) -> dict[int, AnyModel]:
    return model._default_manager.in_bulk(list(keys)) if keys else {}


def _change_known_orders(plan: Plan, *, notify: bool, by: AbstractBaseUser | None) -> None:
    """Plain fields first, then arrivals and moves, so that listeners see the order as the file has it."""
    updated = plan.of(Outcome.UPDATED)
    _store_changes(Order, {verdict.order_id: plain for verdict in updated if (plain := _plain_changes(verdict))})
    restless = {
        verdict.order_id: verdict for verdict in updated if verdict.stage or "planned_arrival" in verdict.changes
    }
    if not restless:
        return
    orders = Order.objects.select_related("client", "location", "department").in_bulk(list(restless))
    arrivals = [
        (orders[pk], verdict.changes["planned_arrival"])
        for pk, verdict in restless.items()
        if "planned_arrival" in verdict.changes
    ]
    if arrivals:
        reschedule_orders(arrivals)
    moves = [(orders[pk], verdict.stage) for pk, verdict in restless.items() if verdict.stage]
    if moves:
        move_orders(moves, cause=Cause.IMPORT, notify=notify, by=by)


def _plain_changes(verdict: Verdict) -> dict[str, Any]:
    changes = _with_keys(verdict.changes)
    changes.pop("planned_arrival", None)
    return changes
