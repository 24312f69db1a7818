"""Opting out and back in: kept for the client and for each address, so that a second spelling of a name hides none."""

import json
from collections.abc import Callable, Iterable, Mapping

from django.db import connection, transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast

from . import reasons
from .models import Channel, Client, Consent, ContactKind, ContactPoint, Purpose, Suppression
from .values.reasons import Reason


def normalise_address(address: str) -> str:
    """The form in which an address is compared: E.164, or the e-mail in lower case."""
    return address.strip().lower()


AddressSource = Callable[[Client, str], set[str]]
address_sources: list[AddressSource] = []
"""Each gets a client and a channel. Rooms above that know more addresses of a client register in `ready()`."""


def register(source: AddressSource) -> AddressSource:
    if source not in address_sources:
        address_sources.append(source)
    return source


def addresses_of(client: Client, channel: str) -> set[str]:
    """All addresses known for the client on a channel: the card's, the locations', the orders'; none of chats."""
    kind = Channel(channel).traits.contact
    if not kind:
        return set()
    known = set(client.contact_points.filter(kind=kind).values_list("value", flat=True))
    written = Cast("phone", CharField()) if Channel(channel).is_phone else F("email")  # as stored: E.164
    known.update(client.locations.annotate(written=written).values_list("written", flat=True))
    for source in address_sources:
        known |= source(client, channel)
    return {normalise_address(address) for address in known if address}


@transaction.atomic
def record_opt_out(client: Client, channel: str, purpose: str, source: Reason, addresses: Iterable[str] = ()) -> None:
    """The client wants no more messages of this channel and purpose; `addresses` adds to those in the card (B8)."""
    Consent.objects.update_or_create(
        client=client, channel=channel, purpose=purpose, defaults={"is_given": False, "source": source}
    )
    suppress({*addresses_of(client, channel), *addresses}, channel, purpose, source)


@transaction.atomic
def record_opt_in(client: Client, channel: str, purpose: str, source: Reason, addresses: Iterable[str] = ()) -> None:
    """The client wants them again: the consent is given and the addresses are free."""
    Consent.objects.update_or_create(
        client=client, channel=channel, purpose=purpose, defaults={"is_given": True, "source": source}
    )
    release({*addresses_of(client, channel), *addresses}, channel, purpose)


_REFUSERS = "SELECT DISTINCT client_id FROM locations_consent WHERE NOT is_given AND client_id IN ({keys})"
_KEYS = {"postgresql": "SELECT unnest(%s::bigint[])", "sqlite": "SELECT value FROM json_each(%s)"}


def who_refused(clients: Iterable[int]) -> set[int]:
    """Those of them who refused anything at all. One query, of one value: thousands are asked about with each file."""
    keys = list(clients)
    with connection.cursor() as cursor:
        cursor.execute(
            _REFUSERS.format(keys=_KEYS[connection.vendor]),
            [keys if connection.vendor == "postgresql" else json.dumps(keys)],
        )
        return {client_id for (client_id,) in cursor.fetchall()}


def keep_refusals(addresses: Mapping[int, Iterable[str]]) -> None:
    """What clients refused holds for addresses that became theirs just now: {client id: phones and e-mails}.

    Every door that gives an address to a client asks this (decision 6).
    """
    for refusal in Consent.objects.filter(client__in=who_refused(addresses), is_given=False):
        contact = Channel(refusal.channel).traits.contact
        if not contact:
            continue
        is_phone = contact == ContactKind.PHONE
        theirs = [address for address in addresses[refusal.client_id] if address and ("@" not in address) is is_phone]
        suppress(theirs, refusal.channel, refusal.purpose, refusal.source)


def adopt_refusals(client: Client, addresses: Iterable[str]) -> None:
    """Addresses turn out to be the client's: what was refused for either holds for both."""
    theirs = {normalise_address(address) for address in addresses}
    for refusal in Suppression.objects.filter(address__in=theirs):
        record_opt_out(client, refusal.channel, refusal.purpose, refusal.reason)
    keep_refusals({client.pk: theirs})


def release(addresses: Iterable[str], channel: str, purpose: str) -> None:
    """These addresses may be written to again."""
    free = set(map(normalise_address, addresses))
    Suppression.objects.filter(address__in=free, channel=channel, purpose=purpose).delete()


def suppress(addresses: Iterable[str], channel: str, purpose: str, reason: Reason) -> None:
    """Nothing more of this purpose goes to these addresses."""
    Suppression.objects.bulk_create(
        [
            Suppression(address=normalise_address(address), channel=channel, purpose=purpose, reason=reason)
            for address in addresses
            if address
        ],
        ignore_conflicts=True,
    )


def refusals(
    pairs: Iterable[tuple[int | None, str]], channel: str, purpose: str
) -> dict[tuple[int | None, str], Reason]:
    """Which (client id, address) pairs must not be written to, each with its reason. Three queries for any number."""
    pairs = set(pairs)
    if not Purpose(purpose).asks_consent:
        return {}
    refused = Consent.objects.filter(channel=channel, purpose=purpose, is_given=False)
    clients = {client_id for client_id, _address in pairs if client_id}
    said_no = set(refused.filter(client_id__in=clients).values_list("client_id", flat=True))
    addresses = {normalise_address(address) for _client_id, address in pairs}
    suppressions = Suppression.objects.filter(address__in=addresses, channel=channel, purpose=purpose)
    suppressed = set(suppressions.values_list("address", flat=True))
    # The card of somebody who refused: whoever else orders with this number, under whatever name.
    theirs = ContactPoint.objects.filter(value__in=addresses, client__in=refused.values("client"))
    suppressed.update(theirs.values_list("value", flat=True))
    found: dict[tuple[int | None, str], Reason] = {}
    for client_id, address in pairs:
        if client_id in said_no:
            found[client_id, address] = reasons.REFUSED_BY_CLIENT(channel=channel, purpose=purpose)
        elif normalise_address(address) in suppressed:
            found[client_id, address] = reasons.REFUSED_FOR_ADDRESS(channel=channel, purpose=purpose)
    return found
