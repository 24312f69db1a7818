"""Location and client of a single order from a form, found or made by the same plan as a file's (A6-A8, decision 6)."""

from django.db import IntegrityError, transaction

from locations.models import Client, Location
from orders.models import Order

from ..planning.existing_rows import Known, Seeker, load_others, standing
from ..planning.resolution import Settler
from ..reading.cleaning import Values
from .storing import store_clients, store_locations

TRIES = 3


def settle_now(values: Values, order: Order | None = None) -> tuple[Location, Client]:
    """The location and the client of an order from a form, made or filled where need be; `order` is the known one.

    `values` are cleaned as a row's are: clientName, address, and contactPhone, contactEmail where there are some.
    """
    for _attempt in range(TRIES - 1):
        try:
            return _settle(values, order)
        except IntegrityError:  # another door made the same place meanwhile
            continue
    return _settle(values, order)


@transaction.atomic
def _settle(values: Values, order: Order | None) -> tuple[Location, Client]:
    place = values["clientName"], values["address"]
    before = standing(order) if order else None
    known = Known()
    seeker = Seeker(values, place, before)
    load_others(known, [seeker])
    settler = Settler(known)
    location, client, _notes = settler.settle(seeker)
    plan = settler.plan([])
    store_clients(plan)
    store_locations(plan)
    return Location.objects.get(pk=location.key), Client.objects.get(pk=client.key)
