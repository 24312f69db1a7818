"""Finding by what people remember: a part of a name, a phone in any spelling, an e-mail address."""

import functools
import operator

from django.db.models import Q, QuerySet

from .consent import normalise_address
from .models import Account, Client, ContactPoint, Location
from .phones import parse_phone


def spellings(term: str) -> set[str]:
    """SQLite folds the case of ASCII only: a Cyrillic name is looked for in the cases people write it in."""
    return {term, term.lower(), term.title(), term.capitalize(), term.upper()}


def contains(field: str, term: str) -> Q:
    """`field` has the term somewhere, in any usual case."""
    variants = [term] if term.isascii() else spellings(term)
    return functools.reduce(operator.or_, (Q(**{f"{field}__icontains": variant}) for variant in variants))


def phone_of(term: str) -> str:
    """The number in E.164 if the term is one in the company's country; else empty."""
    if sum(char.isdigit() for char in term) < 5:
        return ""
    return parse_phone(term, Account.current().country)


def locations_found(term: str) -> QuerySet[Location, dict]:
    """Ids of the locations a search term means."""
    term = term.strip()
    if "@" in term:
        wanted = Q(email__iexact=term)
    elif phone := phone_of(term):
        wanted = Q(phone=phone)
    else:
        wanted = contains("client_name", term) | contains("address", term)
    return Location.objects.filter(wanted).order_by().values("pk")


def clients_found(term: str) -> QuerySet[Client, dict]:
    """Ids of the clients a search term means: by name, number, or any of their addresses."""
    term = term.strip()
    exact = normalise_address(term) if "@" in term else phone_of(term)
    if exact:
        wanted = Q(pk__in=ContactPoint.objects.filter(value=exact).values("client"))
        wanted |= Q(pk__in=Location.objects.filter(pk__in=locations_found(term)).values("client"))
    else:
        wanted = contains("name", term) | Q(external_id=term)
    return Client.objects.filter(wanted).order_by().values("pk")
