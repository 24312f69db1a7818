"""Receipts: what providers say of a message afterwards; it moves on, never back.

A receipt may come twice, in the wrong order, about a message nobody knows, or before our own record of the sending. So
each is kept, a final state stays, and one that comes while its message is being sent waits until that is recorded.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging.gateways.adapters import Outcome, ReceiptNews, ReceiptStatus
from messaging.gateways.calls.reader import Reading
from messaging.gateways.models import Gateway
from messaging.gateways.signals import ReceiptsHeard

from ..gateway_health.consequences import mark_addresses, note_health
from ..models import Message, Receipt
from ..signals import tell_changed
from ..states import By, MessageState, move
from .late_receipts import hear_late

STRANGE_FOR = datetime.timedelta(minutes=1)  # how long a provider's number nobody knows may still be recorded


@dataclass
class Told:
    """One receipt, and the message that it is about, if anybody knows it."""

    gateway: Gateway
    news: ReceiptNews
    received_at: datetime.datetime
    message: Message | None = None

    @property
    def happened_at(self) -> datetime.datetime:
        return self.news.at or self.received_at

    @property
    def is_early(self) -> bool:
        """Whether its message may be on record a moment later."""
        if self.message is None:
            is_young = timezone.now() - self.received_at < STRANGE_FOR
            return is_young and bool(self.news.provider_id) and not self.news.message_key
        return self.message.state == MessageState.SENDING


class Failure(NamedTuple):
    """For `consequences`: only failures teach anything."""

    message: Message
    outcome: Outcome


def hear_receipts(batch: Sequence[Reading], **_signal: object) -> ReceiptsHeard:
    """What calls of providers say about messages, in the transaction that marks the calls as handled."""
    told = {
        reading.event.pk: [Told(heard.gateway, heard.news, heard.received_at) for heard in reading.receipts]
        for reading in batch
    }
    find_messages([one for group in told.values() for one in group])
    done = [reading for reading in batch if settle(told[reading.event.pk])]
    keep([one for reading in done for one in told[reading.event.pk] if not reading.was_read or is_fresh(one)])
    early = {reading.event.pk for reading in batch} - {reading.event.pk for reading in done}
    return ReceiptsHeard(early, {pk for pk, group in told.items() if any(one.message is None for one in group)})


def find_messages(told: Sequence[Told]) -> None:
    """Put its message on each receipt: by our key, else by the provider's number. One query, and one per gateway."""
    keys = {key for one in told for key in keys_of(one.news)}
    by_key = {message.key: message for message in Message.objects.filter(key__in=keys)} if keys else {}
    for one in told:
        one.message = next((by_key[key] for key in keys_of(one.news) if key in by_key), None)
    nameless: dict[int, list[Told]] = {}
    for one in told:
        if one.message is None and one.news.provider_id:
            nameless.setdefault(one.gateway.pk, []).append(one)
    for gateway_id, group in nameless.items():
        numbers = {one.news.provider_id for one in group}
        found = Message.objects.filter(gateway_id=gateway_id, provider_id__in=numbers)
        found = found.exclude(provider_id="")  # says nothing new, but lets SQLite use the index
        by_number = {message.provider_id: message for message in found}
        for one in group:
            one.message = by_number.get(one.news.provider_id)


def keys_of(news: ReceiptNews) -> list[uuid.UUID]:
    """Our keys that it may be about, the likeliest first."""
    return [key for told in (news.message_key, *news.other_keys) if (key := key_of(told))]


def key_of(told: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(told)
    except ValueError:
        return None


def settle(told: Sequence[Told]) -> bool:
    """Move the messages of one call on; False, and it waits, when one of them is being sent this very moment."""
    return all(not one.is_early and advance(one) for one in told)


def advance(told: Told) -> bool:
    """Move a message on if it may move there; False when its sending began meanwhile, so that it is early now."""
    message, news = told.message, told.news
    if message is None:
        return True
    if message.gateway_id != told.gateway.pk:
        return hear_late(message, told.gateway, news, told.happened_at)
    changes: dict[str, Any] = {"reason": news.reason, "look_up_at": None}
    if news.status != ReceiptStatus.FAILED:
        changes["sent_at"] = Coalesce(F("sent_at"), Value(told.happened_at))
    if news.status == ReceiptStatus.DELIVERED:
        changes["delivered_at"] = told.happened_at
    if news.provider_id:
        changes["provider_id"] = news.provider_id
    if move(before(message, told), MessageState(news.status), By.RECEIPT, **changes):
        if news.status == ReceiptStatus.FAILED:
            failure = Failure(message, news.refusal)
            mark_addresses([failure])
            if news.pauses_gateway:
                note_health(told.gateway.pk, [failure], timezone.now())
        return True
    return not Message.objects.filter(pk=message.pk, state=MessageState.SENDING).exists()


def before(message: Message, told: Told) -> QuerySet[Message]:
    """The message that the receipt is about. A copy that failed says nothing about the one that went."""
    rows = Message.objects.filter(pk=message.pk, gateway_id=told.gateway.pk)
    if told.news.status == ReceiptStatus.FAILED and told.news.provider_id:
        rows = rows.filter(Q(provider_id="") | Q(provider_id=told.news.provider_id))
    return rows


def keep(told: Sequence[Told]) -> None:
    """The receipts themselves, for the message's page; who listens is told."""
    Receipt.objects.bulk_create(
        [
            Receipt(
                message=one.message,
                gateway=one.gateway,
                provider_id=one.news.provider_id,
                status=one.news.status,
                code=one.news.code,
                reason=one.news.reason,
                fault=one.news.fault or "",
                at=one.news.at,
                received_at=one.received_at,
            )
            for one in told
        ],
        batch_size=500,
    )
    tell_changed(one.message for one in told if one.message is not None)


def is_fresh(told: Told) -> bool:
    """Whether this receipt was not kept when its call was read before."""
    news = told.news
    same = Receipt.objects.filter(gateway=told.gateway, provider_id=news.provider_id, received_at=told.received_at)
    return not same.filter(status=news.status, code=news.code, message=told.message).exists()
