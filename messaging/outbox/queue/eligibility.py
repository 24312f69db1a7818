"""May this message be sent to this person? Asked when a step runs, and again at every claim, retries included."""

from collections.abc import Iterable, Sequence

from locations import consent
from locations.models import AllowFlags, Client, Company, Location, Purpose
from locations.values.reasons import NONE, Reason, ReasonKind
from orders.models import Order

from .. import reasons
from ..models import Message, UnusableAddress


def obstacles(messages: Sequence[Message], company: Company) -> dict[int, Reason]:
    """{index in `messages`: why it must not be sent}. Three queries per channel and purpose, however many messages.

    The messages may be unsaved; their `order`, its `location` and `client`, and their `client` must be loaded.
    """
    found: dict[int, Reason] = {}
    groups: dict[tuple[str, str], list[int]] = {}
    for index, message in enumerate(messages):
        if reason := disallowed(message.channel, levels(company, message.client, message.order)):
            found[index] = reason
        else:
            groups.setdefault((message.channel, message.purpose), []).append(index)
    for (channel, purpose), indexes in groups.items():
        pairs = {index: (messages[index].client_id, messages[index].to) for index in indexes}
        refusals = consent.refusals(pairs.values(), channel, purpose)
        found.update({index: refusals[pair] for index, pair in pairs.items() if pair in refusals})
        dead = unusable(channel, purpose, {address for _client, address in pairs.values()})
        found.update({index: dead[address] for index, (_client, address) in pairs.items() if address in dead})
    return found


def unusable(channel: str, purpose: str, addresses: set[str]) -> dict[str, Reason]:
    """{address: why nothing more is tried}; a test may be tried at any address."""
    if purpose == Purpose.TEST:
        return {}
    marks = UnusableAddress.objects.filter(channel=channel, address__in=addresses)
    return {mark.address: reasons.UNUSABLE_ADDRESS(since=mark.since, reason=mark.reason) for mark in marks}


def levels(
    company: Company, client: Client | None, order: Order | None
) -> Iterable[tuple[ReasonKind, AllowFlags | None]]:
    """Each level that may forbid a channel, with what to say then (decision 3)."""
    location: Location | None = order.location if order else None
    return (
        (reasons.OFF_FOR_COMPANY, company),
        (reasons.OFF_FOR_CLIENT, client),
        (reasons.OFF_FOR_LOCATION, location),
        (reasons.OFF_FOR_ORDER, order),
    )


def disallowed(channel: str, at: Iterable[tuple[ReasonKind, AllowFlags | None]]) -> Reason:
    """Which level is the first that forbids the channel, if any does."""
    for switched_off, level in at:
        if level is not None and not level.allows(channel):
            return switched_off(channel=channel)
    return NONE
