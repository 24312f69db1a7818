"""Finding orders by anything one remembers, at a million of them: each way by itself, then their sum."""

from django.db.models import QuerySet

from locations.search import clients_found, locations_found, term_meant
from locations.word_index import Words
from locations.words import MOST, has_words, ids_with, rows_found, words_of

from .models import Order

ORDERS = Words("orders_order", texts=("contact_email",), numbers=("number",), phones=("contact_phone",), prefixes="3 4")


def orders_found(term: str) -> set[int]:
    """Ids of the orders a search term means. One OR over all ways would make the database read every order."""
    term = term.strip()
    orders = Order.objects.order_by("-pk")
    exact = Order.objects.order_by().filter(number__in={term, term.lstrip("#")})
    ways: list[QuerySet[Order]] = [
        exact,
        orders.filter(location__in=locations_found(term)),
        orders.filter(client__in=clients_found(term)),
    ]
    found = {key for way in ways for key in way.values_list("pk", flat=True)[:MOST]}
    return found | set(rows_found(ORDERS.table, term_meant(term))) | _numbered_at(words_of(term))


def _numbered_at(words: list[str]) -> set[int]:
    """A number and a name or a street: of the orders with such a number those whose place has the other words."""
    numbers = [word for word in words if any(char.isdigit() for char in word)]
    others = [word for word in words if word not in numbers]
    if not numbers or not others:
        return set()
    numbered = Order.objects.filter(pk__in=ids_with(ORDERS.table, numbers)).order_by()
    places = numbered.values_list("pk", "location__client_name", "location__address")
    return {key for key, name, address in places if has_words(f"{name} {address}", others)}
