"""Finding orders by anything one remembers, at a million of them: each way by itself, then their sum."""

from django.db.models import Q, QuerySet

from locations.rows.index_hints import NEWEST_FIRST, Ending
from locations.search.search import clients_found, keys_of, last_digits, locations_found, with_email, with_phone
from locations.search.words import has_words, words_of

from .models import NUMBER_ENDING, Order


def orders_found(term: str) -> set[int]:
    """Ids of the orders a search term means. One OR over all ways would make the database read every order."""
    term = term.strip()
    orders, places = Order.objects.order_by(NEWEST_FIRST), locations_found(term)
    ways = [
        *numbered(term),
        orders.filter(location__in=places),
        orders.filter(client__in=clients_found(term, places)),
    ]
    if "@" in term:
        ways.append(with_email(orders, "contact_email", term))
    elif digits := last_digits(term):
        ways.append(with_phone(orders, "contact_phone", digits))
    return {key for way in ways for key in keys_of(way)} | _numbered_at(term.split())


def numbered(part: str) -> list[QuerySet[Order]]:
    """Orders whose number begins or ends so."""
    orders = Order.objects.order_by(NEWEST_FIRST)
    spellings = {part, part.upper(), part.lower(), part.lstrip("#")}
    begins = Q(*(Q(number__begins=spelling) for spelling in spellings if spelling), _connector=Q.OR)
    ways = [orders.order_by().filter(begins)] if part else []
    if len(part) >= NUMBER_ENDING:
        ending = Ending("number", length=NUMBER_ENDING)
        ends = {spelling[-NUMBER_ENDING:] for spelling in spellings}
        ways.append(orders.alias(ending=ending).filter(ending__in=ends, number__iendswith=part))
    return ways


def _numbered_at(parts: list[str]) -> set[int]:
    """A number and a name or a street: of the orders with such a number those whose place has the other words."""
    numbers = [part for part in parts if any(char.isdigit() for char in part)]
    others = words_of(" ".join(part for part in parts if part not in numbers))
    if len(numbers) != 1 or not others:
        return set()
    keys = {key for way in numbered(numbers[0]) for key in keys_of(way)}
    places = Order.objects.filter(pk__in=keys).order_by()
    named = places.values_list("pk", "location__client_name", "location__address")
    return {key for key, name, address in named if has_words(f"{name} {address}", others)}
