"""Locations and clients that earlier rows of a file under check will make, kept between chunks: each is new once."""

import hashlib
from collections.abc import Iterable, Iterator

from ..models import ExpectedClient, ExpectedLocation, Import
from ..reading.cleaning import tidy
from ..reading.reading import Row
from .existing_rows import NamedPhone
from .planner import Expected
from .plans import ClientPlan, LocationPlan, Plan, Verdict


def expected_locations(run: Import, rows: list[Row]) -> Expected:
    """Those of them that these rows may meet: one query."""
    columns = run.layout["columns"]
    name_at, address_at = columns.index("clientName"), columns.index("address")
    places = {}
    for row in rows:
        if not row.fault:
            place = tidy(row.cells[name_at]), tidy(row.cells[address_at])
            places[_digest(*place)] = place
    clients: dict[int, ClientPlan] = {}
    expected = {}
    for found in ExpectedLocation.objects.filter(run=run, digest__in=places):
        client = clients.setdefault(found.client_id, ClientPlan(pk=found.client_id)) if found.client_id else None
        place = places[found.digest]
        expected[place] = LocationPlan(
            *place, found.email, found.phone, client=client, fields=found.fields, is_expected=True
        )
    return expected


class ExpectedClients:
    """Those of a run that rows with these names and phones, or with these numbers of the shop, may meet."""

    def __init__(self, run: Import) -> None:
        self.run = run

    def find(
        self, strangers: Iterable[NamedPhone], external_ids: Iterable[str]
    ) -> tuple[dict[NamedPhone, ClientPlan], dict[str, ClientPlan]]:
        named = {_digest(*stranger): stranger for stranger in strangers}
        numbered = {_digest("", number): number for number in external_ids}
        by_name_and_phone, by_external_id = {}, {}
        for found in ExpectedClient.objects.filter(run=self.run, digest__among=[*named, *numbered]):
            client = ClientPlan(fields={"external_id": found.external_id}, is_expected=True)
            if found.digest in named:
                client.fields["name"] = named[found.digest][0]
                by_name_and_phone[named[found.digest]] = client
            else:
                by_external_id[numbered[found.digest]] = client
        return by_name_and_phone, by_external_id

    def remember(self, plan: Plan) -> None:
        """Expect the plan's new clients from now on, with every phone by which they will be known."""
        numbers = {digest: number for verdict in plan.verdicts for digest, number in _ways_to(verdict)}
        ExpectedClient.objects.bulk_create(
            [ExpectedClient(run=self.run, digest=digest, external_id=number) for digest, number in numbers.items()],
            update_conflicts=True,
            unique_fields=["run", "digest"],
            update_fields=["external_id"],
        )


def _ways_to(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """(digest, the shop's number) for each way in which the row's client, if there is none yet, will be found."""
    client = verdict.client
    if client is None or client.pk is not None:
        return
    number, name = client.fields.get("external_id", ""), client.fields.get("name", "")
    phones = {client.phone, verdict.where.phone, verdict.changes.get("contact_phone", "")} if name else set()
    yield from ((_digest(name, phone), number) for phone in phones if phone)
    if number:
        yield _digest("", number), number


def remember_locations(run: Import, plan: Plan) -> None:
    """Expect the plan's new locations from now on, with the contacts they will have."""
    ExpectedLocation.objects.bulk_create(
        [
            ExpectedLocation(
                run=run,
                digest=_digest(place.client_name, place.address),
                email=place.email,
                phone=place.phone,
                fields={name: str(value) for name, value in place.fields.items()},
                client_id=place.client.pk if place.client else None,
            )
            for place in plan.locations
            if place.pk is None
        ],
        update_conflicts=True,
        unique_fields=["run", "digest"],
        update_fields=["email", "phone", "fields", "client"],
    )


def forget_expected(run: Import) -> None:
    run.expected_locations.all().delete()
    run.expected_clients.all().delete()


def _digest(one: str, other: str) -> str:
    return hashlib.blake2b(f"{one}\0{other}".encode(), digest_size=16).hexdigest()
