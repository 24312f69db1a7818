"""Finding by what people remember: parts of a name, an address, a phone in any spelling, an e-mail address."""

from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast, Lower

from ..models import Client, Company, ContactPoint, Location
from ..rows.index_hints import NEWEST_FIRST, PHONE_ENDING, Ending
from ..values.phones import parse_phone
from .word_index import Words
from .words import MOST, rows_found

CLIENTS = Words("locations_client", ("name", "first_name", "last_name"))
LOCATIONS = Words("locations_location", ("client_name", "address"))
INDEXES = (CLIENTS, LOCATIONS)
PHONE_SIGNS = set("0123456789 +-()")


def phone_of(term: str) -> str:
    """The number in E.164 if the term is one in the company's country; else empty."""
    if sum(char.isdigit() for char in term) < 5:
        return ""
    return parse_phone(term, Company.current().country)


def last_digits(term: str) -> str:
    """Of a phone, or of the part of one that is remembered; empty when the term is none."""
    if not PHONE_SIGNS.issuperset(term):
        return ""
    digits = (phone_of(term) or "".join(filter(str.isdecimal, term))).lstrip("+")
    return digits if len(digits) >= PHONE_ENDING else ""


def with_phone(rows: QuerySet, column: str, digits: str) -> QuerySet:
    """Those whose phone ends so; at least four digits."""
    ending = Ending(column, length=PHONE_ENDING)
    written = Cast(column, CharField())
    return rows.alias(ending=ending, written=written).filter(ending=digits[-PHONE_ENDING:], written__endswith=digits)


def with_email(rows: QuerySet, column: str, email: str) -> QuerySet:
    return rows.alias(lowered=Lower(column)).filter(lowered=email.lower())


def locations_found(term: str) -> list[int]:
    """Ids of the locations a search term means, the newest first, at most 1,000."""
    term = term.strip()
    places = Location.objects.order_by(NEWEST_FIRST)
    if "@" in term:
        return keys_of(with_email(places, "email", term))
    found = set(rows_found(LOCATIONS.table, term))
    if digits := last_digits(term):
        found.update(keys_of(with_phone(places, "phone", digits)))
    return sorted(found, reverse=True)[:MOST]


def clients_found(term: str, at: list[int] | None = None) -> list[int]:
    """Ids of the clients a search term means, the newest first, at most 1,000: by name, number, contact or place.

    `at`: the locations that the term means, where they are known already.
    """
    term = term.strip()
    at = locations_found(term) if at is None else at
    places = Location.objects.filter(pk__in=at, client__isnull=False).order_by()
    found = set(places.values_list("client_id", flat=True))
    contacts = ContactPoint.objects.order_by((F("client_id") + 0).desc())
    if "@" in term:
        found.update(keys_of(contacts.filter(value=term.lower()), "client_id"))
    else:
        found.update(rows_found(CLIENTS.table, term))
        found.update(keys_of(Client.objects.exclude(external_id="").filter(external_id=term)))
    if digits := last_digits(term):
        found.update(keys_of(with_phone(contacts, "value", digits), "client_id"))
    return sorted(found, reverse=True)[:MOST]


def keys_of(rows: QuerySet, name: str = "pk") -> list[int]:
    return list(rows.values_list(name, flat=True)[:MOST])
