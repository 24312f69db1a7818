"""What the database already has of some rows' orders, locations and clients, in a fixed number of queries."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, Min, OuterRef, Subquery
from django.db.models.functions import Cast

from locations.models import Client, ClientKind
from orders.models import Cause, Order, StageChange

from .cleaning import Values
from .columns import FIELDS, Target
from .plans import ClientPlan, LocationPlan

Place = tuple[str, str]  # client name and address
NamedPhone = tuple[str, str]  # client name and E.164
_CLIENT_FIELDS = ["external_id", "first_name", "patronymic", "last_name", "gender", "language", "company_id"]
# Pairs come as one JSON list [[a, b], ...]: `x IN (...) AND y IN (...)` would look at every combination of them, or at
# all locations of a common name. Each pair is looked up by itself in an index: CROSS JOIN keeps SQLite from turning
# that round, LATERAL with OFFSET 0 keeps PostgreSQL from joining whole tables when it has no statistics of them yet.
_PAIRS = {
    "postgresql": "SELECT k.value->>0 AS a, k.value->>1 AS b FROM json_array_elements(%s::json) AS k",
    "sqlite": "SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b FROM json_each(%s)",
}
_LOOK_UP = {
    "postgresql": "k CROSS JOIN LATERAL (SELECT {columns} FROM {table} AS t WHERE {match} OFFSET 0) AS t",
    "sqlite": "k CROSS JOIN {table} AS t ON {match}",
}


def _look_up(vendor: str, table: str, columns: str, match: str) -> str:
    """The FROM clause for pairs `k` with the rows `t` that match each."""
    return _LOOK_UP[vendor].format(table=table, columns=columns, match=match)


def _locations_sql(vendor: str) -> str:
    columns = "t.client_name, t.address, t.email, t.phone, t.zone_id, t.district, t.id, t.client_id"
    found = _look_up(vendor, "locations_location", columns, "t.client_name = k.a AND t.address = k.b")
    return f"WITH k AS ({_PAIRS[vendor]}) SELECT {columns} FROM {found}"


def _namesakes_sql(vendor: str) -> str:
    places = " UNION ALL ".join(
        f"SELECT k.a, k.b, t.client_id FROM {_look_up(vendor, table, 't.client_id', match)}"
        for table, match in (
            ("locations_contactpoint", "t.value = k.b AND t.kind = 'phone'"),
            ("orders_order", "t.contact_phone = k.b"),
            ("locations_location", "t.client_name = k.a AND t.phone = k.b"),
        )
    )
    clients = _look_up(vendor, "locations_client", "t.id", "t.id = k.client_id AND t.name = k.a")
    found = f"WITH k AS ({_PAIRS[vendor]}), found AS ({places})"
    return f"{found} SELECT k.a, k.b, min(t.id) FROM found AS {clients} GROUP BY k.a, k.b"


_LOCATIONS = {vendor: _locations_sql(vendor) for vendor in _PAIRS}
_NAMESAKES = {vendor: _namesakes_sql(vendor) for vendor in _PAIRS}


@dataclass
class Known:
    """Found rows by their keys. The planner adds what it decides to make, so that later rows find it too."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    locations: dict[Place, LocationPlan] = field(default_factory=dict)
    clients: dict[int, ClientPlan] = field(default_factory=dict)
    by_external_id: dict[str, ClientPlan] = field(default_factory=dict)
    by_name_and_phone: dict[NamedPhone, ClientPlan] = field(default_factory=dict)
    companies: dict[str, ClientPlan] = field(default_factory=dict)

    def client(self, pk: int) -> ClientPlan:
        if pk not in self.clients:
            self.clients[pk] = ClientPlan(pk=pk)
        return self.clients[pk]


def load_orders(known: Known, numbers: Sequence[str], columns: Iterable[str], source: str, *, lock: bool) -> None:
    """The known orders with these numbers, with the fields that the columns fill."""
    fields = {FIELDS[Target.ORDER][column] for column in columns if column in FIELDS[Target.ORDER]}
    plain = {"department_id" if name == "department" else name for name in fields - {"contact_phone"}}
    orders = Order.objects.filter(source=source, number__in=numbers)
    if lock:
        orders = orders.select_for_update(of=("self",)).order_by("pk")
    if "stage" in columns:
        told = StageChange.objects.filter(order=OuterRef("pk"), cause=Cause.IMPORT).order_by("-pk").values("to_stage")
        orders = orders.annotate(told_stage_id=Subquery(told[:1]))
        plain.add("told_stage_id")
    own = ["id", "number", "stage_id", "client_id", "location_id", "planned_arrival"]
    # The phone as text: as a field of its own kind each would be parsed again.
    for order in orders.values(*own, *plain, phone_text=Cast("contact_phone", CharField())):
        order["contact_phone"] = order.pop("phone_text")
        known.orders[order["number"]] = order


def load_others(known: Known, rows: Sequence[Values]) -> None:
    """The locations and clients that `rows` (cleaned) may meet."""
    _load_locations(known, rows)
    strangers = [
        (values["clientName"], values["contactPhone"])
        for values in rows
        if "contactPhone" in values and values["orderNumber"] not in known.orders and _is_homeless(known, values)
    ]
    if strangers:
        _load_namesakes(known, strangers)
    if any(header in values for values in rows for header in [*FIELDS[Target.CLIENT], "company"]):
        _load_clients(known, rows)


def _is_homeless(known: Known, values: Values) -> bool:
    location = known.locations.get((values["clientName"], values["address"]))
    return location is None or location.client is None


def _load_locations(known: Known, rows: Sequence[Values]) -> None:
    places = {(values["clientName"], values["address"]) for values in rows}
    with connection.cursor() as cursor:
        cursor.execute(_LOCATIONS[connection.vendor], [_json(places)])
        found = cursor.fetchall()
    for name, address, email, phone, zone_id, district, pk, client_id in found:
        client = known.client(client_id) if client_id else None
        known.locations[name, address] = LocationPlan(name, address, email, phone, zone_id, district, pk, client)


def _load_clients(known: Known, rows: Sequence[Values]) -> None:
    external_ids = {values["clientId"] for values in rows if "clientId" in values}
    names = {values["company"] for values in rows if "company" in values}
    ids = {order["client_id"] for order in known.orders.values()} | set(known.clients)
    found = Client.objects.filter(external_id__in=external_ids) | Client.objects.filter(pk__in=ids)
    for fields in found.values("id", *_CLIENT_FIELDS):
        client = known.client(fields.pop("id"))
        client.fields = fields
        if fields["external_id"]:
            known.by_external_id[fields["external_id"]] = client
    if names:
        companies = Client.objects.filter(kind=ClientKind.COMPANY, name__in=names)
        for name, pk in companies.values_list("name").annotate(Min("id")):
            known.companies[name] = known.client(pk)


def _load_namesakes(known: Known, strangers: Iterable[NamedPhone]) -> None:
    """Clients of the same name whose card, orders or locations have the same phone; the oldest wins (decision 6)."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMESAKES[connection.vendor], [_json(strangers)])
        for name, phone, pk in cursor.fetchall():
            known.by_name_and_phone[name, phone] = known.client(pk)


def _json(pairs: Iterable[tuple[str, str]]) -> str:
    return json.dumps(sorted(set(pairs)), ensure_ascii=False)
