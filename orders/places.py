"""Which location and which client an order from a form belongs to (A6-A8, decisions 5 and 6)."""

import unicodedata

from django.db import transaction
from django.db.models import Q

from locations.models import Client, ContactKind, ContactPoint, ContactType, Location


def clean_words(text: str) -> str:
    """What is stripped and normalised before an exact comparison: outer blanks and NFC, nothing else (decision 5)."""
    return unicodedata.normalize("NFC", text.strip())


@transaction.atomic
def settle_location(client_name: str, address: str, *, phone: str = "", email: str = "") -> Location:
    """The location with exactly this name and address, made if there is none; empty contacts of it are filled (A8).

    `phone` is E.164. The client is the location's, else one of the same name and phone, else new.
    """
    location, _is_new = Location.objects.get_or_create(
        client_name=client_name, address=address, defaults={"phone": phone, "email": email}
    )
    if location.client is None:
        location.client = find_client(client_name, phone) or make_client(client_name, phone, email)
    location.phone = location.phone or phone
    location.email = location.email or email
    location.save(update_fields=["client", "phone", "email"])
    return location


def find_client(name: str, phone: str) -> Client | None:
    """A phone alone never merges people, and neither does a name."""
    if not phone:
        return None
    has_phone = Q(contact_points__value=phone) | Q(locations__phone=phone) | Q(orders__contact_phone=phone)
    return Client.objects.filter(has_phone, name=name).order_by("id").first()


def make_client(name: str, phone: str, email: str) -> Client:
    client = Client.objects.create(name=name)
    contacts = [(ContactKind.PHONE, ContactType.MOBILE, phone), (ContactKind.EMAIL, ContactType.OTHER, email)]
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(client=client, kind=kind, type=contact_type, value=value)
            for kind, contact_type, value in contacts
            if value
        ]
    )
    return client
