"""What the database already has of some rows' orders, locations and clients, in a fixed number of queries."""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.db.models import CharField, Field, Min, Model, QuerySet, TextField
from django.db.models.functions import Cast

from locations.models import Client, ClientKind, Location
from orders.identity import PAIRS, NamedPhone, find_namesakes, look_up, pairs_json
from orders.models import Order

from ..columns import FIELDS, Target
from ..reading.cleaning import Values
from .plans import ClientPlan, LocationPlan

Place = tuple[str, str]  # client name and address
_MODELS: dict[Target, type[Model]] = {Target.ORDER: Order, Target.LOCATION: Location, Target.CLIENT: Client}
_LOCATION = ("client_name", "address", "email", "phone", "id", "client_id")


def fields_of(target: Target, headers: Iterable[str] | None = None) -> list[Field]:
    """The model's fields that columns fill; of these headers only, if some are given."""
    declared = FIELDS[target]
    names = declared.values() if headers is None else (declared[name] for name in headers if name in declared)
    fields = {field.name: field for field in _MODELS[target]._meta.concrete_fields}
    return [fields[name] for name in dict.fromkeys(names)]


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
    plain = {field.attname for field in fields_of(Target.ORDER, columns)} - {"contact_phone"}
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
    fields = fields_of(Target.LOCATION)
    names = [field.attname for field in fields]
    for name, address, email, phone, pk, client_id, *values in _find_locations(places, fields):
        client = known.client(client_id) if client_id else None
        further = dict(zip(names, values, strict=True))
        known.locations[name, address] = LocationPlan(name, address, email, phone, pk, client, further)


def _find_locations(places: Iterable[Place], fields: Sequence[Field]) -> Iterable[Sequence[Any]]:
    """Of each its _LOCATION as the database has it, and these fields as a queryset reads them."""
    vendor = connection.vendor
    names = [*_LOCATION, *(field.column for field in fields if field.column)]
    columns = ", ".join(f"t.{connection.ops.quote_name(name)}" for name in names)
    found = look_up(vendor, Location._meta.db_table, columns, "t.client_name = k.a AND t.address = k.b")
    with connection.cursor() as cursor:
        cursor.execute(f"WITH k AS ({PAIRS[vendor]}) SELECT {columns} FROM {found}", [pairs_json(places)])
        rows = cursor.fetchall()
    compiler = Location.objects.all().query.get_compiler(connection=connection)
    converters = compiler.get_converters([*[None] * len(_LOCATION), *(field.get_col("t") for field in fields)])
    return compiler.apply_converters(rows, converters) if converters else rows


def _load_clients(known: Known, rows: Sequence[Values]) -> None:
    external_ids = {values["clientId"] for values in rows if "clientId" in values}
    names = {values["company"] for values in rows if "company" in values}
    ids = {order["client_id"] for order in known.orders.values()} | set(known.clients)
    # That an empty number is none is said once more: SQLite needs it for its index.
    attributes = dict.fromkeys([*(field.attname for field in fields_of(Target.CLIENT)), "company_id"])
    numbered = Client.objects.exclude(external_id="").filter(external_id__in=external_ids)
    for fields in itertools.chain(
        *(found.values("id", *attributes) for found in (numbered, Client.objects.filter(pk__in=ids)))
    ):
        client = known.client(fields.pop("id"))
        client.fields = fields
        if fields["external_id"]:
            known.by_external_id[fields["external_id"]] = client
    if names:
        companies = Client.objects.filter(kind=ClientKind.COMPANY, name__in=names)
        for name, pk in companies.values_list("name").annotate(Min("id")):
            known.companies[name] = known.client(pk)
