"""What providers say afterwards: calls to our hooks are read, messages move on, never back.

A receipt may come twice, in the wrong order, about a message nobody knows, or before our own record of the sending. So
each is kept, a final state stays, and one that comes while its message is being sent waits until that is recorded.
"""

import datetime
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging.gateways.adapters import InboundNews, News, Outcome, ReceiptNews, ReceiptStatus, get_adapter_class
from messaging.gateways.models import Gateway, HookEvent

from .hearing import pass_on
from .learning import mark_addresses
from .models import Message, MessageState, Receipt
from .overtaken import hear_late
from .signals import tell_changed
from .work import GIVEN_UP, WorkSource, work_alone

logger = logging.getLogger(__name__)

LIMIT = 100  # calls read in one transaction: some 70 ms in which nothing else is claimed
MOST_WORDS = 20  # customers' words kept at a time, 10 to 20 ms each; what is left is still due
LOOK_AGAIN = datetime.timedelta(seconds=2)  # after a receipt that came too early
STRANGE_FOR = datetime.timedelta(minutes=1)  # how long a provider's number nobody knows may still be recorded

# From where a message may move. What waits for its next try has arrived after all, if the provider says so.
WAITS = {MessageState.QUEUED, MessageState.HELD, MessageState.IN_DOUBT}
BEFORE = {
    ReceiptStatus.SENT: WAITS,
    ReceiptStatus.DELIVERED: WAITS | {MessageState.SENT},
    ReceiptStatus.FAILED: {MessageState.IN_DOUBT, MessageState.SENT},
}


@dataclass
class Told:
    """One receipt: through which gateway it came, when, and about which message, if anybody knows it."""

    gateway: Gateway
    news: ReceiptNews
    received_at: datetime.datetime
    message: Message | None = None

    @property
    def outcome(self) -> Outcome:
        """For `learning`: only failures teach anything."""
        return self.news.refusal

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


@dataclass
class Reading:
    """What one call says; `words`: what customers wrote; `problem`: why it says nothing, in words."""

    event: HookEvent
    told: list[Told]
    problem: str = ""
    words: list[InboundNews] = field(default_factory=list)


def due_events(now: datetime.datetime) -> QuerySet[HookEvent]:
    return HookEvent.objects.filter(handled_at__isnull=True, handle_after__lte=now)


def handle_events(now: datetime.datetime) -> int:
    """Read up to 100 calls of providers and do what they say; returns how many."""
    return read_events(due_events(now), now) if due_events(now).exists() else 0


def handle_event_alone(now: datetime.datetime) -> int:
    """Read the first call only, or give it up when that never ends; see `WorkSource.work_alone`."""
    events = due_events(now).order_by("handle_after", "pk")
    return work_alone(events, give_up, lambda event: read_events(due_events(now).filter(pk=event.pk), now))


def give_up(event: HookEvent) -> None:
    HookEvent.objects.filter(pk=event.pk).update(handled_at=timezone.now(), problem=GIVEN_UP)


def read_events(due: QuerySet[HookEvent], now: datetime.datetime) -> int:
    """Read up to 100 of these in one transaction; returns how many."""
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
        readings = [read(event) for event in rows.order_by("handle_after", "pk")[:LIMIT]]
        find_messages([told for reading in readings for told in reading.told])
        done = [reading for reading in readings if settle(reading, now)]
        keep([told for reading in done for told in reading.told])
        finish([reading for reading in done if not reading.words], now)
    for reading in [one for one in done if one.words][:MOST_WORDS]:
        pass_on(reading.event, reading.words)
    return len(readings)


SOURCE = WorkSource("calls of providers", due_events, handle_events, handle_event_alone)


def read(event: HookEvent) -> Reading:
    """One call that cannot be understood does not hold up the others; it is kept, with the reason."""
    try:
        news = get_adapter_class(event.gateway.adapter).read_hook(event.request)
    except ValueError as error:
        return Reading(event, [], str(error)[:500])
    except Exception:  # a fault in one adapter must not take the other receipts with it
        logger.exception("The call %d of a provider could not be read", event.pk)
        return Reading(event, [], "The program failed to read it; the log has the details.")
    told = [Told(event.gateway, clean(one), event.received_at) for one in receipts_in(news)]
    return Reading(event, told, words=[one for one in news if isinstance(one, InboundNews)])


def receipts_in(news: Iterable[News]) -> list[ReceiptNews]:
    return [one for one in news if not isinstance(one, InboundNews)]


def clean(news: ReceiptNews) -> ReceiptNews:
    """Whatever was sent to us fits into the database."""
    lengths = {"message_key": 36, "provider_id": 255, "code": 50, "sentence": 500}
    return replace(news, **{name: getattr(news, name).replace("\0", "")[:most] for name, most in lengths.items()})


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
            HookEvent.objects.filter(pk=reading.event.pk).update(handle_after=now + LOOK_AGAIN, claims=0)
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


def finish(readings: Sequence[Reading], now: datetime.datetime) -> None:
    for problem in {reading.problem for reading in readings}:
        keys = [reading.event.pk for reading in readings if reading.problem == problem]
        HookEvent.objects.filter(pk__in=keys).update(handled_at=now, problem=problem)
