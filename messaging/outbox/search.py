"""Finding messages: by the address they went to, by their order, by their client."""

from locations.rows.index_hints import NEWEST_FIRST
from locations.search.search import clients_found, phone_of
from locations.search.words import MOST
from orders.search import orders_found

from .models import Message


def messages_found(term: str) -> set[int]:
    """Ids of the messages a search term means; each way by itself, then their sum."""
    term = term.strip()
    newest = Message.objects.order_by(NEWEST_FIRST)
    ways = [
        newest.filter(to__in={term, term.lower(), phone_of(term)} - {""}),
        newest.filter(order__in=orders_found(term)),
        newest.filter(client__in=clients_found(term)),
    ]
    return {key for way in ways for key in way.values_list("pk", flat=True)[:MOST]}
