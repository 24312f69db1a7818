"""What the database already has of some rows' orders, locations and clients, in a fixed number of queries."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Min
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from locations.models import Client, ClientKind, ContactKind, ContactPoint, Location
from locations.phones import ValidPhone
from orders.models import Order

from .cleaning import Values
from .columns import FIELDS, Target
from .plans import ClientPlan, LocationPlan

Place = tuple[str, str]  # client name and address
NamedPhone = tuple[str, str]  # client name and E.164
_CLIENT_FIELDS = ["external_id", "first_name", "patronymic", "last_name", "gender", "language", "company_id"]
# `a IN (...) AND b IN (...)` would look at every pair of them, or at all locations of a common name.
_MATCHING_LOCATIONS = {
    "postgresql": (
        "SELECT l.id FROM json_array_elements(%s::json) AS k JOIN locations_location l"
        " ON l.client_name = k.value->>0 AND l.address = k.value->>1"
    ),
    "sqlite": (
        "SELECT l.id FROM json_each(%s) AS k CROSS JOIN locations_location l"
        " ON l.client_name = json_extract(k.value, '$[0]') AND l.address = json_extract(k.value, '$[1]')"
    ),
}


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


def load_known(rows: Sequence[Values], source: str, expected: dict[Place, LocationPlan], *, lock: bool) -> Known:
    """What `rows` (cleaned) may meet. `expected` locations are those that earlier rows of the file will make."""
    known = Known(locations=dict(expected))
    _load_orders(known, rows, source, lock)
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
    return known


def _is_homeless(known: Known, values: Values) -> bool:
    location = known.locations.get((values["clientName"], values["address"]))
    return location is None or location.client is None


def _load_orders(known: Known, rows: Sequence[Values], source: str, lock: bool) -> None:
    fields = {FIELDS[Target.ORDER][header] for values in rows for header in values if header in FIELDS[Target.ORDER]}
    plain = {"department_id" if name == "department" else name for name in fields - {"contact_phone"}}
    orders = Order.objects.filter(source=source, number__in=[values["orderNumber"] for values in rows])
    if lock:
        orders = orders.select_for_update(of=("self",)).order_by("pk")
    # The phone as text: as a field of its own kind each would be parsed again.
    for order in orders.values(
        "id",
        "number",
        "stage_id",
        "client_id",
        "location_id",
        "planned_arrival",
        *plain,
        phone_text=Cast("contact_phone", CharField()),
    ):
        order["contact_phone"] = order.pop("phone_text")
        known.orders[order["number"]] = order


def _load_locations(known: Known, rows: Sequence[Values]) -> None:
    places = {(values["clientName"], values["address"]) for values in rows}
    matching = RawSQL(_MATCHING_LOCATIONS[connection.vendor], [json.dumps(sorted(places))])
    found = Location.objects.filter(pk__in=matching).values_list(
        "client_name", "address", "email", Cast("phone", CharField()), "zone_id", "district", "id", "client_id"
    )
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
    names, numbers = (set(part) for part in zip(*strangers, strict=True))
    phones = [ValidPhone(number) for number in numbers]
    places_to_look = [
        ContactPoint.objects.filter(kind=ContactKind.PHONE, value__in=numbers).annotate(e164=F("value")),
        Order.objects.filter(contact_phone__in=phones).annotate(e164=Cast("contact_phone", CharField())),
        Location.objects.filter(client_name__in=names, phone__in=phones).annotate(e164=Cast("phone", CharField())),
    ]
    oldest: dict[NamedPhone, int] = {}
    for place in places_to_look:
        mine = place.filter(client__name__in=names).order_by().values_list("client__name", "e164")
        for name, number, pk in mine.annotate(Min("client_id")):
            oldest[name, number] = min(pk, oldest.get((name, number), pk))
    for key, pk in oldest.items():
        known.by_name_and_phone[key] = known.client(pk)
