"""Which phone or e-mail address a step writes to (decision 3)."""

from collections.abc import Iterable

from locations.models import Channel, Client, ContactPoint
from locations.values.reasons import NONE, Reason
from orders.models import Order

from .. import reasons

Book = dict[int, list[ContactPoint]]
"""Client id -> the card's contacts in their order."""


def address_book(clients: Iterable[Client]) -> Book:
    """The contacts of these clients and of their companies, in one query."""
    keys = {key for client in clients for key in (client.pk, client.company_id) if key}
    book: Book = {}
    for point in ContactPoint.objects.filter(client__in=keys):
        book.setdefault(point.client_id, []).append(point)
    return book


def find_address(order: Order, channel: str, book: Book) -> tuple[str, Reason]:
    """(address, NONE), or ("", why): the order's own, else the location's, the client's, the company's first."""
    address = next(iter(candidates(order, channel, book)), "")
    if not address:
        return "", reasons.NO_PHONE() if Channel(channel).is_phone else reasons.NO_EMAIL()
    if not Channel(channel).traits.can_reach(address):
        return "", reasons.NO_MOBILE(number=address)
    return address, NONE


def candidates(order: Order, channel: str, book: Book) -> Iterable[str]:
    """All addresses for a channel, the first is "the" one (E18, E23)."""
    if Channel(channel).is_phone:
        own = [phone.as_e164 for phone in (order.contact_phone, order.location.phone) if phone]
    else:
        own = [order.contact_email, order.location.email]
    yield from (address for address in own if address)
    for key in (order.client_id, order.client.company_id):
        yield from (point.value for point in book.get(key or 0, ()) if point.kind == Channel(channel).traits.contact)
