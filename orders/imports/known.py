"""What the database already has of some rows' orders, locations and clients, in a fixed number of queries."""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.db.models import CharField, Min, QuerySet, TextField
from django.db.models.functions import Cast

from locations.models import Client, ClientKind
from orders.identity import PAIRS, NamedPhone, find_namesakes, look_up, pairs_json
from orders.models import Order

from .cleaning import Values
from .columns import FIELDS, Target
from .plans import ClientPlan, LocationPlan

Place = tuple[str, str]  # client name and address
_CLIENT_FIELDS = ["external_id", "first_name", "patronymic", "last_name", "gender", "language", "company_id"]


def _locations_sql(vendor: str) -> str:
    columns = "t.client_name, t.address, t.email, t.phone, t.zone_id, t.district, t.id, t.client_id"
    found = look_up(vendor, "locations_location", columns, "t.client_name = k.a AND t.address = k.b")
    return f"WITH k AS ({PAIRS[vendor]}) SELECT {columns} FROM {found}"


_LOCATIONS = {vendor: _locations_sql(vendor) for vendor in PAIRS}


class Seeker(NamedTuple):
    """An order that seeks its location and client: cleaned values, where it goes, and the order as known so far."""

    values: Values
    place: Place
    order: dict[str, Any] | None


class ClientsToCome(Protocol):
    """Finds clients that other rows will make: by name and phone, and by the shop's own number."""

    def find(
        self, strangers: Iterable[NamedPhone], external_ids: Iterable[str]
    ) -> tuple[dict[NamedPhone, ClientPlan], dict[str, ClientPlan]]: ...


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
    orders = Order.objects.filter(source=source, number__among=numbers)
    if lock:
        orders = orders.select_for_update(of=("self",)).order_by("pk")
    for order in _with_place(orders, *plain):
        known.orders[order["number"]] = order


_decode = json.JSONDecoder().raw_decode
_PLACE = ["id", "number", "stage_id", "client_id", "location_id", "planned_arrival"]
_PLACE += ["location__client_name", "location__address"]


def _with_place(orders: QuerySet[Order], *fields: str) -> Iterable[dict[str, Any]]:
    # As text: a phone as a field of its own kind would be parsed again, and JSON be read by detours, row by row.
    texts = {"phone_text": Cast("contact_phone", CharField()), "said_text": Cast("file_said", TextField())}
    for order in orders.values(*_PLACE, *fields, **texts):
        order["contact_phone"] = order.pop("phone_text")
        order["file_said"], _end = _decode(order.pop("said_text"))
        yield order


def standing(order: Order) -> dict[str, Any]:
    """The order as it is stored, whatever a form has made of it meanwhile."""
    return next(iter(_with_place(Order.objects.filter(pk=order.pk))))


def load_others(known: Known, seekers: Sequence[Seeker], to_come: ClientsToCome | None = None) -> None:
    """The locations and clients that these may meet; `to_come` knows those who are not written yet."""
    _load_locations(known, {seeker.place for seeker in seekers})
    strangers = [
        (place[0], phone)
        for values, place, order in seekers
        if (phone := values.get("contactPhone") or (order["contact_phone"] if order else ""))
        and _is_homeless(known, place)
    ]
    rows = [seeker.values for seeker in seekers]
    if to_come:
        numbers = {values["clientId"] for values in rows if "clientId" in values}
        known.by_name_and_phone, known.by_external_id = to_come.find(strangers, numbers)
    if strangers:
        for named, pk in find_namesakes(strangers).items():
            known.by_name_and_phone[named] = known.client(pk)
    if any(header in values for values in rows for header in [*FIELDS[Target.CLIENT], "company"]):
        _load_clients(known, rows)


def _is_homeless(known: Known, place: Place) -> bool:
    location = known.locations.get(place)
    return location is None or location.client is None


def _load_locations(known: Known, places: Iterable[Place]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCATIONS[connection.vendor], [pairs_json(places)])
        found = cursor.fetchall()
    for name, address, email, phone, zone_id, district, pk, client_id in found:
        client = known.client(client_id) if client_id else None
        known.locations[name, address] = LocationPlan(name, address, email, phone, zone_id, district, pk, client)


def _load_clients(known: Known, rows: Sequence[Values]) -> None:
    external_ids = {values["clientId"] for values in rows if "clientId" in values}
    names = {values["company"] for values in rows if "company" in values}
    ids = {order["client_id"] for order in known.orders.values()} | set(known.clients)
    # That an empty number is none is said once more: SQLite needs it for its index.
    numbered = Client.objects.exclude(external_id="").filter(external_id__in=external_ids)
    for fields in itertools.chain(
        *(found.values("id", *_CLIENT_FIELDS) for found in (numbered, Client.objects.filter(pk__in=ids)))
    ):
        client = known.client(fields.pop("id"))
        client.fields = fields
        if fields["external_id"]:
            known.by_external_id[fields["external_id"]] = client
    if names:
        companies = Client.objects.filter(kind=ClientKind.COMPANY, name__in=names)
        for name, pk in companies.values_list("name").annotate(Min("id")):
            known.companies[name] = known.client(pk)
