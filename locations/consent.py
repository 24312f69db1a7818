"""Opting out and back in: kept for the client and for each address, so that a second spelling of a name hides none."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast

from .models import Channel, Client, Consent, ContactKind, Purpose, Suppression


def normalise_address(address: str) -> str:
    """The form in which an address is compared: E.164, or the e-mail in lower case."""
    return address.strip().lower()


def addresses_of(client: Client, channel: str) -> set[str]:
    """All addresses known for the client on a channel: the card's and the locations'; none of chats."""
    if channel == Channel.CHAT:
        return set()
    kind = ContactKind.PHONE if Channel(channel).is_phone else ContactKind.EMAIL
    known = set(client.contact_points.filter(kind=kind).values_list("value", flat=True))
    written = Cast("phone", CharField()) if Channel(channel).is_phone else F("email")  # as stored: E.164
    known.update(client.locations.annotate(written=written).values_list("written", flat=True))
    return {normalise_address(address) for address in known if address}


@transaction.atomic
def record_opt_out(client: Client, channel: str, purpose: str, source: str, addresses: Iterable[str] = ()) -> None:
    """The client wants no more messages of this channel and purpose; `addresses` adds to those in the card (B8)."""
    Consent.objects.update_or_create(
        client=client, channel=channel, purpose=purpose, defaults={"is_given": False, "source": source}
    )
    suppress({*addresses_of(client, channel), *addresses}, channel, purpose, source)


@transaction.atomic
def record_opt_in(client: Client, channel: str, purpose: str, source: str, addresses: Iterable[str] = ()) -> None:
    """The client wants them again: the consent is given and the addresses are free."""
    Consent.objects.update_or_create(
        client=client, channel=channel, purpose=purpose, defaults={"is_given": True, "source": source}
    )
    release({*addresses_of(client, channel), *addresses}, channel, purpose)


def release(addresses: Iterable[str], channel: str, purpose: str) -> None:
    """These addresses may be written to again."""
    free = set(map(normalise_address, addresses))
    Suppression.objects.filter(address__in=free, channel=channel, purpose=purpose).delete()


def suppress(addresses: Iterable[str], channel: str, purpose: str, reason: str) -> None:
    """Nothing more of this purpose goes to these addresses."""
    Suppression.objects.bulk_create(
        [
            Suppression(address=normalise_address(address), channel=channel, purpose=purpose, reason=reason[:255])
            for address in addresses
            if address
        ],
        ignore_conflicts=True,
    )


def refusals(pairs: Iterable[tuple[int | None, str]], channel: str, purpose: str) -> dict[tuple[int | None, str], str]:
    """Which (client id, address) pairs must not be written to, each with its reason. Two queries for any number."""
    pairs = set(pairs)
    if not Purpose(purpose).asks_consent:
        return {}
    said_no = set(
        Consent.objects.filter(
            client_id__in={client_id for client_id, _address in pairs if client_id},
            channel=channel,
            purpose=purpose,
            is_given=False,
        ).values_list("client_id", flat=True)
    )
    suppressed = dict(
        Suppression.objects.filter(
            address__in={normalise_address(address) for _client_id, address in pairs}, channel=channel, purpose=purpose
        ).values_list("address", "reason")
    )
    label = f"{Channel(channel).label}, {Purpose(purpose).label.lower()}"
    found = {}
    for client_id, address in pairs:
        if client_id in said_no:
            found[client_id, address] = f"The client does not want such messages ({label})."
        elif normalise_address(address) in suppressed:
            found[client_id, address] = f"The address does not want such messages ({label})."
    return found
