"""Finding orders by anything one remembers, at a million of them: each way by itself, then their sum."""

from django.db.models import QuerySet

from locations.search import clients_found, locations_found, phone_of
from orders.models import Order

MOST = 1000  # found by each way; who has more than that to look through adds a filter or a word


def orders_found(term: str) -> set[int]:
    """Ids of the orders a search term means. One OR over all ways would make the database read every order."""
    orders = Order.objects.order_by()
    newest_places = locations_found(term).order_by("-pk")[:MOST]
    newest_clients = clients_found(term).order_by("-pk")[:MOST]
    ways: list[QuerySet[Order]] = [
        orders.filter(number__startswith=term),
        orders.filter(location__in=newest_places),
        orders.filter(client__in=newest_clients),
    ]
    if "@" in term:
        ways.append(orders.filter(contact_email__iexact=term))
    elif phone := phone_of(term):
        ways.append(orders.filter(contact_phone=phone))
    return {key for way in ways for key in way.values_list("pk", flat=True)[:MOST]}
