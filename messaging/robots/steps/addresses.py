"""Which phone or e-mail address a step writes to (decision 3)."""

from collections.abc import Iterable

from locations.models import Channel, Client, ContactPoint
from orders.models import Order

Book = dict[int, list[ContactPoint]]
"""Client id -> the card's contacts in their order."""


def address_book(clients: Iterable[Client]) -> Book:
    """The contacts of these clients and of their companies, in one query."""
    keys = {key for client in clients for key in (client.pk, client.company_id) if key}
    book: Book = {}
    for point in ContactPoint.objects.filter(client__in=keys):
        book.setdefault(point.client_id, []).append(point)
    return book


def find_address(order: Order, channel: str, book: Book) -> tuple[str, str]:
    """(address, ""), or ("", why there is none): the order's own, the location's, the client's, the company's first."""
    address = next(iter(candidates(order, channel, book)), "")
    if not address:
        what = "phone number" if Channel(channel).is_phone else "e-mail address"
        return "", f"There is no {what} in the order, its location or the client's card."
    if not Channel(channel).traits.can_reach(address):
        return "", f"{address} cannot receive SMS: it is not a mobile number."
    return address, ""


def candidates(order: Order, channel: str, book: Book) -> Iterable[str]:
    """All addresses for a channel, the first is "the" one (E18, E23)."""
    if Channel(channel).is_phone:
        own = [phone.as_e164 for phone in (order.contact_phone, order.location.phone) if phone]
    else:
        own = [order.contact_email, order.location.email]
    yield from (address for address in own if address)
    for key in (order.client_id, order.client.company_id):
        yield from (point.value for point in book.get(key or 0, ()) if point.kind == Channel(channel).traits.contact)
