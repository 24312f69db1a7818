"""Writing down what providers answered: one bulk statement per kind of outcome, guarded by the claim."""

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from locations.rows.bulk_insert import Builder, insert_all
from locations.rows.reason_field import ReasonField
from locations.rows.transitions import in_sql
from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import Accepted, Fault, Outcome, Refused, Unknown, storable
from messaging.gateways.models import Gateway

from .. import reasons
from ..gateway_health.consequences import learn
from ..models import FIRST_LOOK_UP, Attempt, Message
from ..queue.requeue import heed_stops
from ..signals import tell_changed
from ..states import By, MessageState, set_state, sources

LONGEST_WAIT = 24 * 3600  # seconds, whatever a provider asks for
STEP_BACK = 5  # seconds for what is told so again: others go first, lest it alone is meant and holds up all
RECIPIENT_WAIT = 30  # seconds, when it does not say how long an address has had too many


@dataclass(frozen=True)
class Result:
    """One answer: `started_at` by the application's clock, `milliseconds` the request took."""

    message: Message
    outcome: Outcome
    started_at: datetime.datetime
    milliseconds: int


MARKED = (
    "state", "reason", "send_at", "sent_at", "delivered_at", "provider_id", "attempts", "lease_until", "look_up_at",
    "claim", "slowed_at",
)  # fmt: skip
OURS = f"claim = %s AND state IN ({in_sql(sources(MessageState.SENT, By.ANSWER))})"
MARK_ONE = f"UPDATE outbox_message SET {', '.join(f'{name} = %s' for name in MARKED)} WHERE id = %s AND {OURS}"
# By `id = ANY` too, so that the index is used whatever PostgreSQL thinks of the table.
MARK_MANY = (
    f"UPDATE outbox_message AS m SET {', '.join(f'{name} = v.{name}' for name in MARKED)}"
    " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],"
    " %s::text[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::uuid[], %s::timestamptz[])"
    f" AS v (id, {', '.join(MARKED)}) WHERE m.id = ANY(%s) AND m.id = v.id AND m.{OURS.replace('state', 'm.state')}"
)


def store(results: Sequence[Result], claim: uuid.UUID, task_id: str = "") -> None:
    """Write answers that `apply` has put on their messages. Must be called in a transaction, and may be repeated.

    A late answer also settles a message that had come into doubt meanwhile.
    """
    now = timezone.now()
    messages = [result.message for result in results]
    write_marks(messages, claim)
    heed_stops(message.pk for message in messages if message.state == MessageState.QUEUED)
    build = Builder(Attempt)
    tries = [attempt_of(build, result, task_id) for result in results if not is_our_delay(result.outcome)]
    gateways = Gateway.objects.filter(pk__in={one.gateway_id for one in tries}).values_list("pk", flat=True)
    there = set(gateways)
    for one in tries:
        one.gateway_id = one.gateway_id if one.gateway_id in there else None  # deleted while it was sending
    insert_all(tries)
    learn(results, now)
    tell_changed(messages)


def apply(message: Message, outcome: Outcome) -> None:
    """Set the message's fields to what the outcome means; once per answer, nothing is written yet."""
    now = timezone.now()
    message.lease_until = None
    match outcome:
        case Accepted(provider_id, is_delivered):
            set_state(message, MessageState.DELIVERED if is_delivered else MessageState.SENT, By.ANSWER)
            message.sent_at, message.provider_id, message.reason = now, provider_id, NONE
            message.delivered_at = now if is_delivered else None
        case Unknown(reason):
            set_state(message, MessageState.IN_DOUBT, By.ANSWER)
            message.look_up_at = now + FIRST_LOOK_UP
            message.reason = reason.then(reasons.MAY_HAVE_ARRIVED())
            message.claim = None  # the request is over: nobody can still be sending it
        case Refused() if outcome.permanent:
            set_state(message, MessageState.FAILED, By.ANSWER)
            message.reason = outcome.reason
        case Refused():
            try_later(message, outcome, now)


def try_later(message: Message, outcome: Refused, now: datetime.datetime) -> None:
    """Back into the queue, since the provider certainly did not take it; or given up."""
    if outcome.pauses_gateway or is_our_delay(outcome):
        message.attempts -= 1  # the message itself was never judged
        set_state(message, MessageState.QUEUED, By.ANSWER)
        message.reason = outcome.reason
        return
    if outcome.slows:
        wait_for_pace(message, outcome, now)
        return
    tries = len(settings.RETRY_DELAYS) + 1
    if message.attempts >= tries:
        set_state(message, MessageState.FAILED, By.ANSWER)
        message.reason = outcome.reason.then(reasons.GIVEN_UP(tries=tries))
        return
    wait = min(outcome.retry_after or 0, LONGEST_WAIT) or settings.RETRY_DELAYS[message.attempts - 1]
    next_try = now + datetime.timedelta(seconds=wait)
    if message.expires_at is not None and next_try >= message.expires_at:
        set_state(message, MessageState.FAILED, By.ANSWER)
        message.reason = outcome.reason.then(reasons.NEXT_TRY_TOO_LATE())
        return
    set_state(message, MessageState.QUEUED, By.ANSWER)
    message.send_at = next_try
    following = reasons.NEXT_TRY(at=next_try, number=message.attempts + 1, most=tries)
    message.reason = outcome.reason.then(following)


def wait_for_pace(message: Message, outcome: Refused, now: datetime.datetime) -> None:
    """Asked to slow down: that costs no try. It waits for its turn, or for its recipient's, while it is valid."""
    message.attempts -= 1
    if outcome.slows == "recipient":
        wait = min(outcome.retry_after or RECIPIENT_WAIT, LONGEST_WAIT)
    else:
        wait = STEP_BACK if message.slowed_at else shortly(outcome)
    message.slowed_at = message.slowed_at or now
    next_try = now + datetime.timedelta(seconds=wait)
    oldest = datetime.timedelta(hours=settings.SLOWED_HOURS)
    ends_at = message.expires_at or message.slowed_at + oldest
    if next_try >= ends_at:
        set_state(message, MessageState.EXPIRED, By.ANSWER)
        message.reason = outcome.reason.then(why_no_longer(message, ends_at, now))
        return
    set_state(message, MessageState.QUEUED, By.ANSWER)
    message.send_at = next_try if wait else message.send_at
    waits = reasons.NEXT_TRY_AT(at=next_try) if outcome.slows == "recipient" else reasons.WAITS_FOR_TURN()
    message.reason = outcome.reason.then(waits)


def shortly(outcome: Refused) -> int:
    """Seconds for the message itself, where the gateway does not rest as long as it was told."""
    return outcome.retry_after if outcome.retry_after and outcome.retry_after <= STEP_BACK else 0


def why_no_longer(message: Message, ends_at: datetime.datetime, now: datetime.datetime) -> Reason:
    if ends_at > now:
        return reasons.NEXT_TRY_TOO_LATE()
    if message.expires_at is None:
        return reasons.GIVEN_UP_AFTER(hours=settings.SLOWED_HOURS)
    return reasons.VALIDITY_ENDED(at=ends_at)


def is_our_delay(outcome: Outcome) -> bool:
    """The request was not even begun."""
    return isinstance(outcome, Refused) and outcome.fault == Fault.US and outcome.retry_after == 0


def write_marks(messages: Sequence[Message], claim: uuid.UUID) -> None:
    """UPDATE each row that is still ours, in one statement; the ORM's bulk_update is some twenty times slower."""
    if not messages:
        return
    known = {field.name: field for field in Message._meta.concrete_fields}
    fields = [known[name] for name in ("id", *MARKED)]
    in_order = sorted(messages, key=lambda message: message.pk)  # as `operations.cancel` locks them
    columns = [prepared(field, [getattr(message, field.attname) for message in in_order]) for field in fields]
    (own,) = prepared(known["claim"], [claim])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(MARK_MANY, [*columns, columns[0], own])
        else:
            cursor.executemany(MARK_ONE, [(*values, key, own) for key, *values in zip(*columns, strict=True)])


def prepared(field: models.Field, values: Sequence[Any]) -> list[Any]:
    """A column as the database takes it; a field is asked only about what needs something done."""
    if isinstance(field, ReasonField):
        return [value.text for value in values]
    if isinstance(field, models.CharField):
        return [value if value is None else storable(value)[: field.max_length] for value in values]
    if isinstance(field, models.DateTimeField):
        write: Callable[[Any], Any] = connection.ops.adapt_datetimefield_value
    elif isinstance(field, models.UUIDField):
        write = partial(field.get_db_prep_save, connection=connection)
    else:
        return list(values)
    return [value if value is None else write(value) for value in values]


def attempt_of(build: Builder[Attempt], result: Result, task_id: str) -> Attempt:
    outcome = result.outcome
    return build(
        message_id=result.message.pk,
        gateway_id=result.message.gateway_id,
        started_at=result.started_at,
        milliseconds=result.milliseconds,
        outcome=type(outcome).__name__.lower(),
        code=storable(getattr(outcome, "code", ""))[:50],
        reason=getattr(outcome, "reason", NONE),
        fault=getattr(outcome, "fault", ""),
        task_id=task_id,
    )
