"""Taking due messages for sending: the intent is on record before the first byte leaves.

A claim moves `queued` to `sending` under a lease. Nothing moves it back by itself: when the lease runs out without an
answer, the message is `in_doubt`, since the request may have left. That, and nothing else, is why none goes twice.
"""

import datetime
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from locations.models import Company, Purpose
from locations.values.reasons import NONE, Reason
from messaging.gateways.models import Gateway
from messaging.worker.clock import database_now

from .. import reasons
from ..models import FIRST_LOOK_UP, Lane, Message
from ..signals import tell_changed, tell_changed_keys
from ..states import By, MessageState, move, set_state
from .eligibility import obstacles
from .expiry import why_expired
from .rate_limit import busy_since, take_turns, turns_at_once
from .recheck import look_again
from .routing import FAILURES_TO_REST, Routes, is_stopped, missing_gateway, open_gateways

LEASE_SPARE = datetime.timedelta(seconds=10)


def waiting_messages(now: datetime.datetime) -> QuerySet[Message]:
    """Queued, and their time has come. `lane__in` lets the index (gateway, lane, send_at) answer."""
    return Message.objects.filter(state=MessageState.QUEUED, lane__in=Lane.values, send_at__lte=now)


# The questions go from the few gateways to the first message of each: asked the other way round, a million messages
# that wait for a paused gateway would all be looked at, many times a second. An EXISTS would leave that to PostgreSQL,
# which turns it round; the first of a lane, in the index's order, is found in one way only.


def first_in(lane: int, now: datetime.datetime) -> Subquery:
    """Since when the first message of a gateway waits in a lane; NULL when there is none."""
    due = Message.objects.filter(gateway=OuterRef("pk"), state=MessageState.QUEUED, lane=lane, send_at__lte=now)
    return Subquery(due.order_by("send_at").values("send_at")[:1])


def with_messages(gateways: QuerySet[Gateway], now: datetime.datetime) -> QuerySet[Gateway]:
    """Those of them for which a message waits."""
    return gateways.alias(first=Coalesce(*(first_in(lane, now) for lane in Lane.values))).filter(first__isnull=False)


def gateways_with_work(now: datetime.datetime, leases_now: datetime.datetime) -> QuerySet[Gateway]:
    """Those that can take a message this instant and have one."""
    return with_messages(open_gateways(leases_now), now)


def closed_gateways(now: datetime.datetime) -> QuerySet[Gateway]:
    """Those that were switched off and still have messages."""
    return with_messages(Gateway.objects.filter(is_on=False), now)


def homeless_messages(now: datetime.datetime) -> QuerySet[Message]:
    """Those whose gateway was removed."""
    return waiting_messages(now).filter(gateway__isnull=True)


def oldest_due(now: datetime.datetime, leases_now: datetime.datetime) -> datetime.datetime | None:
    """Since when a message waits that a drain would do something about; None when there is none."""
    if is_stopped().exists():
        return None
    gateways = [*gateways_with_work(now, leases_now), *closed_gateways(now)]
    first = [homeless_messages(now), *(waiting_messages(now).filter(gateway=gateway) for gateway in gateways)]
    lanes = [
        rows.filter(lane=lane).order_by("send_at").values_list("send_at", flat=True)[:1]
        for rows in first
        for lane in Lane.values
    ]
    return min((send_at for rows in lanes for send_at in rows), default=None)


def expired_leases(leases_now: datetime.datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=MessageState.SENDING, lease_until__lte=leases_now)


def doubt_expired_leases() -> int:
    """What was being sent by a process that did not come back is in doubt from now on; returns how many."""
    expired = expired_leases(database_now())
    if not expired.exists():
        return 0  # a write would cost each drain a commit
    replies = list(expired.filter(is_pinned=True))
    count = move(
        expired,
        MessageState.IN_DOUBT,
        By.LEASE,
        lease_until=None,
        look_up_at=timezone.now() + FIRST_LOOK_UP,
        reason=reasons.INTERRUPTED(),
    )
    tell_changed(replies)
    return count


Room = Callable[[Gateway, int], int]
"""(gateway, lane) -> how many messages the drain can take now."""


def claim_messages(claim: uuid.UUID, room: Room, limit: int, now: datetime.datetime) -> list[Message]:
    """Up to `limit` messages, now `sending` and marked with `claim`, in the order in which they should leave.

    Must be called in a transaction; the caller commits before it sends. Messages that may not be sent any more leave
    the queue here, each with its reason. Order messages of all gateways come first, each gateway within its turns.
    """
    company = Company.current()
    if company.is_sending_stopped:
        return []
    rows: list[Message] = []
    leases_now, asked_at = database_now(), time.monotonic()
    firsts = {f"first_in_{lane}": first_in(lane, now) for lane in Lane.values}
    for gateway in open_gateways(leases_now).annotate(**firsts):
        lanes = [lane for lane in Lane.values if getattr(gateway, f"first_in_{lane}") is not None]
        rows += rows_of(gateway, room, min(limit, turns_at_once(gateway, leases_now, limit)), now, lanes)
    rows = sorted(rows, key=lambda message: (message.lane, message.send_at, message.pk))[:limit]
    if not rows:
        return []
    judged = judge(rows, now, company, leases_now)
    put_aside(judged)
    chosen = look_again([message for message in rows if message.pk not in judged], now)
    taken: list[Message] = []
    for gateway in {message.carrier for message in chosen}:
        mine = [message for message in chosen if message.gateway_id == gateway.pk]
        turns = take_turns(gateway, len(mine), leases_now, asked_at)
        if turns is None:
            continue
        mark_sending(mine, gateway, claim, leases_now)
        for message, turn in zip(mine, turns, strict=True):
            message.turn = turn
            taken.append(message)
    return sorted(taken, key=lambda message: (message.lane, message.send_at, message.pk))


def rows_of(
    gateway: Gateway, room: Room, limit: int, now: datetime.datetime, lanes: Sequence[int] = Lane.values
) -> list[Message]:
    """The first waiting messages of a gateway, locked, with what the checks need; order messages first."""
    allowed = 1 if gateway.failures_in_row >= FAILURES_TO_REST else limit  # after a rest it returns slowly
    rows: list[Message] = []
    for lane in lanes:
        places = min(allowed - len(rows), room(gateway, lane))
        if places > 0:
            due = Message.objects.filter(gateway=gateway, state=MessageState.QUEUED, lane=lane, send_at__lte=now)
            due = due.select_for_update(skip_locked=True, of=("self",)).select_related("client", "order__location")
            rows += due.order_by("send_at", "pk")[:places]
    for message in rows:
        message.gateway = gateway
    return rows


def mark_sending(messages: list[Message], gateway: Gateway, claim: uuid.UUID, leases_now: datetime.datetime) -> None:
    lease = leases_now + datetime.timedelta(seconds=gateway.timeout_seconds) + LEASE_SPARE
    rows = Message.objects.filter(pk__in=[message.pk for message in messages])
    move(rows, MessageState.SENDING, By.CLAIM, reason=NONE, claim=claim, lease_until=lease, attempts=F("attempts") + 1)
    for message in messages:
        set_state(message, MessageState.SENDING, By.CLAIM)
        message.claim = claim
        message.attempts += 1


@dataclass(frozen=True)
class Judgement:
    """What happens instead of sending."""

    state: MessageState
    reason: Reason


def judge(
    messages: list[Message], now: datetime.datetime, company: Company, leases_now: datetime.datetime
) -> dict[int, Judgement]:
    """{message id: what happens instead of sending}, asked at every claim, retries included (decision 16)."""
    forbidden = obstacles(messages, company)
    judged = {}
    for index, message in enumerate(messages):
        if message.expires_at is not None and message.expires_at <= now:
            judged[message.pk] = Judgement(MessageState.EXPIRED, why_expired(message))
        elif index in forbidden:
            judged[message.pk] = Judgement(MessageState.REFUSED, forbidden[index])
        elif is_of_demo(message) and not message.carrier.is_sandbox:
            reason = missing_gateway(message.channel, is_demo=True)
            judged[message.pk] = Judgement(MessageState.REFUSED, reason)
        elif message.lane == Lane.CAMPAIGNS and message.carrier.balance is not None and message.carrier.balance <= 0:
            reason = reasons.ACCOUNT_EMPTY(gateway=message.gateway)  # C4
            judged[message.pk] = Judgement(MessageState.REFUSED, reason)
        elif not message.is_approved and Purpose(message.purpose).asks_consent:
            minutes = minutes_late(message, now, leases_now)
            if minutes > company.held_after_minutes:
                judged[message.pk] = Judgement(MessageState.HELD, reasons.LATE(minutes=minutes))
    return judged


def minutes_late(message: Message, now: datetime.datetime, leases_now: datetime.datetime) -> float:
    """How long it stood still: what only waits for its turn at a busy gateway is not late."""
    waits_for_turn = message.carrier.rate_at(leases_now) is not None
    until = min(now, busy_since(message.carrier, leases_now)) if waits_for_turn else now
    return (until - message.send_at).total_seconds() / 60


def is_of_demo(message: Message) -> bool:
    return message.is_demo or (message.client is not None and message.client.is_demo)


def put_aside(judged: dict[int, Judgement]) -> None:
    """Take messages out of the queue, each for its reason; one statement per reason."""
    for judgement in set(judged.values()):
        keys = [key for key, one in judged.items() if one == judgement]
        move(Message.objects.filter(pk__in=keys), judgement.state, By.CLAIM, reason=judgement.reason)
    if judged:
        tell_changed_keys(judged)


def orphans_of(limit: int, now: datetime.datetime) -> list[Message]:
    """Up to `limit` messages without a gateway or with one that is off, locked."""
    if is_stopped().exists():
        return []
    orphans: list[Message] = []
    for gateway in [None, *closed_gateways(now)]:
        rows = homeless_messages(now) if gateway is None else waiting_messages(now).filter(gateway=gateway)
        orphans += rows.select_for_update(skip_locked=True, of=("self",))[: limit - len(orphans)]
    return orphans


def reroute(limit: int, now: datetime.datetime) -> int:
    """Messages whose gateway was switched off or removed: another one takes them, or they are refused. What may
    have arrived is in doubt again.

    Returns how many. In a transaction.
    """
    orphans = orphans_of(limit, now)
    if not orphans:
        return 0
    routes = Routes()
    refused = {}
    taken_over: dict[int, list[int]] = {}
    for message in orphans:
        if routes.may_have_arrived(message):
            refused[message.pk] = Judgement(MessageState.IN_DOUBT, reasons.KEY_LOST())
            continue
        gateway = None if message.is_pinned else routes.choose(message.channel, is_demo=message.is_demo)
        if gateway is not None:
            taken_over.setdefault(gateway.pk, []).append(message.pk)
        elif message.is_pinned:
            refused[message.pk] = Judgement(MessageState.REFUSED, reasons.LINE_GONE())
        else:
            reason = missing_gateway(message.channel, is_demo=message.is_demo)
            refused[message.pk] = Judgement(MessageState.REFUSED, reason)
    for gateway_id, keys in taken_over.items():
        Message.objects.filter(pk__in=keys).update(gateway=gateway_id)
    put_aside(refused)
    return len(orphans)
