"""Writing what a plan says of clients and locations. A fixed number of queries for any number of them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model

from locations.models import Client, ContactKind, ContactPoint, ContactType, Location
from locations.rows.bulk_insert import Builder, insert_all
from locations.values.phones import ValidPhone

from ..planning.plans import ClientPlan, LocationPlan, Plan

AnyModel = TypeVar("AnyModel", bound=Model)


def store_clients(plan: Plan) -> dict[int, Client]:
    """Writes companies, clients and the contacts of new ones; returns clients by key."""
    people = plan.new_clients
    build = Builder(Client)
    companies = [build(**company.fields) for company in plan.companies]
    insert_all(companies)
    for company, row in zip(plan.companies, companies, strict=True):
        company.pk = row.pk
    rows = [build(**with_keys(client.fields)) for client in people]
    insert_all(rows)
    for client, row in zip(people, rows, strict=True):
        client.pk = row.pk
    build_contact = Builder(ContactPoint)
    contacts = [
        build_contact(client_id=client.pk, kind=kind.value, type=usual_type.value, value=value)
        for client in people
        for kind, usual_type, value in (
            (ContactKind.PHONE, ContactType.MOBILE, client.phone),
            (ContactKind.EMAIL, ContactType.OTHER, client.email),
        )
        if value
    ]
    insert_all(contacts)
    changes = {client.key: with_keys(client.changes) for client in plan.clients if client.changes}
    store_changes(Client, changes)
    return {row.pk: row for row in rows}


def with_keys(changes: Mapping[str, Any]) -> dict[str, Any]:
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


def store_locations(plan: Plan) -> dict[int, Location]:
    """Writes new and changed locations; returns the new ones by key."""
    new = plan.new_locations
    build = Builder(Location)
    rows = [_location_row(build, location) for location in new]
    insert_all(rows)
    changes = {location.key: with_keys(location.changes) for location in plan.changed_locations}
    for location, row in zip(new, rows, strict=True):
        location.pk = row.pk
    store_changes(Location, changes)
    return {row.pk: row for row in rows}


def _location_row(build: Builder[Location], location: LocationPlan) -> Location:
    return build(
        client_name=location.client_name,
        address=location.address,
        email=location.email,
        phone=ValidPhone(location.phone) if location.phone else "",
        client_id=location.client.key if location.client else None,
        **location.fields,
    )


def store_changes(model: type[AnyModel], changes: Mapping[int, Mapping[str, Any]]) -> dict[int, AnyModel]:
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
