"""What providers say afterwards: calls to our hooks are read, messages move on, never back.

A receipt may come twice, in the wrong order, about a message nobody knows, or before our own record of the sending. So
each is kept, a final state stays, and one that comes while its message is being sent waits until that is recorded.
"""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging.gateways.adapters import ReceiptNews, ReceiptStatus
from messaging.gateways.models import HookEvent

from .hearing import mark, pass_on
from .learning import mark_addresses, note_health
from .models import Message, MessageState, Receipt
from .overtaken import hear_late
from .reading import Reading, Told, read
from .signals import tell_changed
from .work import GIVEN_UP, WorkSource, is_free, unsuspected, work_alone

LIMIT = 100  # calls read in one transaction: some 70 ms in which nothing else is claimed
MOST_WORDS = 20  # customers' words kept at a time, 10 to 20 ms each; what is left is still due
LOOK_AGAIN = datetime.timedelta(seconds=2)  # after a receipt that came too early

# From where a message may move. What waits for its next try has arrived after all, if the provider says so.
WAITS = {MessageState.QUEUED, MessageState.HELD, MessageState.IN_DOUBT}
BEFORE = {
    ReceiptStatus.SENT: WAITS,
    ReceiptStatus.DELIVERED: WAITS | {MessageState.SENT},
    ReceiptStatus.FAILED: {MessageState.IN_DOUBT, MessageState.SENT},
}


def due_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    return waiting_events(now).filter(is_free(now))


def waiting_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    """The due ones, also when a worker has just begun one alone."""
    return HookEvent.objects.filter(handled_at__isnull=True, handle_after__lte=now)


def handle_events(now: datetime.datetime) -> int:
    """Read up to 100 calls of providers and do what they say; returns how many.

    One that was begun alone and never ended is not among them: it is begun alone again.
    """
    if not due_events(now).exists():
        return 0
    with transaction.atomic():
        found = locked(due_events(now))
        events = unsuspected(found)
        heard = read_events(events, now)
    pass_all_on(heard)
    if len(events) == len(found):
        return len(events)
    return len(events) + handle_alone(due_events(now).filter(claims__gt=0), now)


def handle_event_alone(now: datetime.datetime) -> int:
    """Read the first call only, or give it up when that never ends; see `WorkSource.work_alone`."""
    return handle_alone(due_events(now), now)


def handle_alone(events: QuerySet[HookEvent], now: datetime.datetime) -> int:
    return work_alone(events.order_by("handle_after", "pk"), give_up, lambda event: handle_event(event, now))


def handle_event(event: HookEvent, now: datetime.datetime) -> int:
    """Read the one that this worker has claimed; 0 when it is due no more, or somebody else has it."""
    with transaction.atomic():
        events = locked(waiting_events(now).filter(pk=event.pk))
        heard = read_events(events, now)
    pass_all_on(heard)
    return len(events)


def give_up(event: HookEvent) -> None:
    mark(event, GIVEN_UP, is_unclear=True)


def locked(due: QuerySet[HookEvent]) -> list[HookEvent]:
    """The first 100 of these that nobody else has."""
    rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
    return list(rows.order_by("handle_after", "pk")[:LIMIT])


def read_events(events: Sequence[HookEvent], now: datetime.datetime) -> list[Reading]:
    """Do what locked calls say, within the transaction that locked them; those with words are still to be passed on."""
    readings = [read(event) for event in events]
    find_messages([told for reading in readings for told in reading.told])
    done = [reading for reading in readings if settle(reading, now)]
    keep([told for reading in done for told in reading.told if not reading.was_read or is_fresh(told)])
    finish([reading for reading in done if not reading.words], now)
    return [reading for reading in done if reading.words]


def pass_all_on(heard: Sequence[Reading]) -> None:
    for reading in heard[:MOST_WORDS]:
        pass_on(reading)


SOURCE = WorkSource("calls of providers", due_events, handle_events, handle_event_alone)


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


def settle(reading: Reading, now: datetime.datetime) -> bool:
    """Move the messages of one call on; False, and it waits, when one of them is being sent this very moment."""
    for told in reading.told:
        if told.is_early or not advance(told):
            HookEvent.objects.filter(pk=reading.event.pk).update(
                handle_after=now + LOOK_AGAIN, claims=0, left_until=None
            )
            return False
    return True


def advance(told: Told) -> bool:
    """Move a message on if it may move there; False when its sending began meanwhile, so that it is early now."""
    message, news = told.message, told.news
    if message is None:
        return True
    if message.gateway_id != told.gateway.pk:
        return hear_late(message, told.gateway, news, told.happened_at)
    changes = {"state": MessageState(news.status), "reason": news.sentence, "look_up_at": None}
    if news.status != ReceiptStatus.FAILED:
        changes["sent_at"] = Coalesce(F("sent_at"), Value(told.happened_at))
    if news.status == ReceiptStatus.DELIVERED:
        changes["delivered_at"] = told.happened_at
    if news.provider_id:
        changes["provider_id"] = news.provider_id
    if movable(told).update(**changes):
        if news.status == ReceiptStatus.FAILED:
            mark_addresses([told])
            if news.pauses_gateway:
                note_health(told.gateway.pk, [told], timezone.now())
        return True
    return not Message.objects.filter(pk=message.pk, state=MessageState.SENDING).exists()


def movable(told: Told) -> QuerySet[Message]:
    """The message, if it stands before the receipt's state. A copy that failed says nothing about the one that went."""
    rows = Message.objects.filter(pk=told.message.pk, gateway_id=told.gateway.pk, state__in=BEFORE[told.news.status])
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
                sentence=one.news.sentence,
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


def finish(readings: Sequence[Reading], now: datetime.datetime) -> None:
    for ending in {(reading.problem, reading.is_unclear) for reading in readings}:
        keys = [reading.event.pk for reading in readings if (reading.problem, reading.is_unclear) == ending]
        HookEvent.objects.filter(pk__in=keys).update(handled_at=now, problem=ending[0], is_unclear=ending[1])
