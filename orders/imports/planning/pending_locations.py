"""Locations that earlier rows of a file under check will make, kept between chunks so that each counts as new once."""

import hashlib

from ..models import ExpectedLocation, Import
from ..reading.cleaning import tidy
from ..reading.reading import Row
from .planner import Expected
from .plans import ClientPlan, LocationPlan, Plan


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
        expected[place] = LocationPlan(*place, found.email, found.phone, client=client, is_expected=True)
    return expected


def remember_locations(run: Import, plan: Plan) -> None:
    """Expect the plan's new locations from now on, with the contacts they will have."""
    ExpectedLocation.objects.bulk_create(
        [
            ExpectedLocation(
                run=run,
                digest=_digest(place.client_name, place.address),
                email=place.email,
                phone=place.phone,
                client_id=place.client.pk if place.client else None,
            )
            for place in plan.locations
            if place.pk is None
        ],
        update_conflicts=True,
        unique_fields=["run", "digest"],
        update_fields=["email", "phone", "client"],
    )


def forget_locations(run: Import) -> None:
    run.expected_locations.all().delete()


def _digest(client_name: str, address: str) -> str:
    return hashlib.blake2b(f"{client_name}\0{address}".encode(), digest_size=16).hexdigest()
