"""Who is who by name and phone (decision 6), asked by every door: files, forms, the chat. And whose an address is."""

import json
from collections.abc import Iterable
from functools import partial

from django.db import connection
from django.db.models import CharField, F
from django.db.models.functions import Cast

from locations.lookups import PHONE_ENDING, ending_sql
from locations.models import Channel, Client

NamedPhone = tuple[str, str]  # client name and E.164
# Pairs come as one JSON list [[a, b], ...]: `x IN (...) AND y IN (...)` would look at every combination of them, or at
# all locations of a common name. Each pair is looked up by itself in an index: CROSS JOIN keeps SQLite from turning
# that round, LATERAL with OFFSET 0 keeps PostgreSQL from joining whole tables when it has no statistics of them yet.
PAIRS = {
    "postgresql": "SELECT k.value->>0 AS a, k.value->>1 AS b FROM json_array_elements(%s::json) AS k",
    "sqlite": "SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b FROM json_each(%s)",
}
_LOOK_UP = {
    "postgresql": "k CROSS JOIN LATERAL (SELECT {columns} FROM {table} AS t WHERE {match} OFFSET 0) AS t",
    "sqlite": "k CROSS JOIN {table} AS t ON {match}",
}


def look_up(vendor: str, table: str, columns: str, match: str) -> str:
    """The FROM clause for pairs `k` with the rows `t` that match each."""
    return _LOOK_UP[vendor].format(table=table, columns=columns, match=match)


def pairs_json(pairs: Iterable[tuple[str, str]]) -> str:
    return json.dumps(sorted(set(pairs)), ensure_ascii=False)


def _namesakes_sql(vendor: str) -> str:
    ending = partial(ending_sql, vendor=vendor, length=PHONE_ENDING)  # what the index of orders' phones begins with
    places = " UNION ALL ".join(
        f"SELECT k.a, k.b, t.client_id FROM {look_up(vendor, table, 't.client_id', match)}"
        for table, match in (
            ("locations_contactpoint", "t.value = k.b AND t.kind = 'phone'"),
            ("orders_order", f"t.contact_phone = k.b AND {ending('t.contact_phone')} = {ending('k.b')}"),
            ("locations_location", "t.client_name = k.a AND t.phone = k.b"),
        )
    )
    clients = look_up(vendor, "locations_client", "t.id", "t.id = k.client_id AND t.name = k.a")
    found = f"WITH k AS ({PAIRS[vendor]}), found AS ({places})"
    return f"{found} SELECT k.a, k.b, min(t.id) FROM found AS {clients} GROUP BY k.a, k.b"


_NAMESAKES = {vendor: _namesakes_sql(vendor) for vendor in PAIRS}


def find_namesakes(strangers: Iterable[NamedPhone]) -> dict[NamedPhone, int]:
    """Keys of clients of the same name whose card, orders or locations have the same phone; the oldest wins.

    A phone alone never merges people, and neither does a name. One query for any number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMESAKES[connection.vendor], [pairs_json(strangers)])
        return {(name, phone): pk for name, phone, pk in cursor.fetchall()}


def ordered_with(client: Client, channel: str) -> set[str]:
    """Addresses that the client's orders carry themselves, as stored."""
    field = Cast("contact_phone", CharField()) if Channel(channel).is_phone else F("contact_email")
    return set(client.orders.annotate(written=field).values_list("written", flat=True).distinct()) - {""}
