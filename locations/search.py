"""Finding by what people remember: parts of a name, an address, a phone in any spelling, an e-mail address."""

from .models import Account, Client, ContactPoint, Location
from .phones import parse_phone
from .word_index import Words
from .words import MOST, rows_found

CLIENTS = Words("locations_client", texts=("name", "first_name", "last_name"), numbers=("external_id",))
CONTACTS = Words("locations_contactpoint", phones=("value",), prefixes="3 4")
LOCATIONS = Words("locations_location", texts=("client_name", "address", "email"), phones=("phone",))
INDEXES = (CLIENTS, CONTACTS, LOCATIONS)


def phone_of(term: str) -> str:
    """The number in E.164 if the term is one in the company's country; else empty."""
    if sum(char.isdigit() for char in term) < 5:
        return ""
    return parse_phone(term, Account.current().country)


def term_meant(term: str) -> str:
    """A phone as it is stored, however it was written; anything else as it is."""
    return ("" if "@" in term else phone_of(term)) or term.strip()


def locations_found(term: str) -> list[int]:
    """Ids of the locations a search term means, the newest first, at most 1,000."""
    return rows_found(LOCATIONS.table, term_meant(term))


def clients_found(term: str) -> list[int]:
    """Ids of the clients a search term means, the newest first, at most 1,000: by name, number, contact or place."""
    term = term_meant(term)
    own = rows_found(CLIENTS.table, term)
    contacts = ContactPoint.objects.filter(pk__in=rows_found(CONTACTS.table, term)).order_by()
    places = Location.objects.filter(pk__in=locations_found(term), client__isnull=False).order_by()
    found = {*own, *contacts.values_list("client_id", flat=True), *places.values_list("client_id", flat=True)}
    if not found and term:
        found = set(Client.objects.exclude(external_id="").filter(external_id=term).values_list("pk", flat=True))
    return sorted(found, reverse=True)[:MOST]
