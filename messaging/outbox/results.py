"""Writing down what providers answered: one bulk statement per kind of outcome, guarded by the claim."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from messaging.gateways.adapters import Accepted, Fault, Outcome, Refused, Unknown
from messaging.gateways.models import Gateway

from .learning import learn
from .models import FIRST_LOOK_UP, Attempt, Message, MessageState
from .signals import tell_changed

LONGEST_WAIT = 24 * 3600  # seconds, whatever a provider asks for


@dataclass(frozen=True)
class Result:
    """One answer: `started_at` by the application's clock, `milliseconds` the request took."""

    message: Message
    outcome: Outcome
    started_at: datetime.datetime
    milliseconds: int


MARKED = (
    "state", "reason", "send_at", "sent_at", "delivered_at", "provider_id", "attempts", "lease_until", "look_up_at",
    "claim",
)  # fmt: skip


def store(results: Sequence[Result], claim: uuid.UUID, task_id: str = "") -> None:
    """Write answers that `apply` has put on their messages. Must be called in a transaction, and may be repeated.

    A late answer also settles a message that had come into doubt meanwhile.
    """
    now = timezone.now()
    write_marks([result.message for result in results], claim)
    tries = [attempt_of(result, task_id) for result in results if not is_our_delay(result.outcome)]
    gateways = Gateway.objects.filter(pk__in={one.gateway_id for one in tries}).values_list("pk", flat=True)
    there = set(gateways)
    for one in tries:
        one.gateway_id = one.gateway_id if one.gateway_id in there else None  # deleted while it was sending
    Attempt.objects.bulk_create(tries, batch_size=500)
    learn(results, now)
    tell_changed(result.message for result in results)


def apply(message: Message, outcome: Outcome) -> None:
    """Set the message's fields to what the outcome means; once per answer, nothing is written yet."""
    now = timezone.now()
    message.lease_until = None
    match outcome:
        case Accepted(provider_id, is_delivered):
            message.state = MessageState.DELIVERED if is_delivered else MessageState.SENT
            message.sent_at, message.provider_id, message.reason = now, provider_id, ""
            message.delivered_at = now if is_delivered else None
        case Unknown(sentence):
            message.state, message.look_up_at = MessageState.IN_DOUBT, now + FIRST_LOOK_UP
            message.reason = f"{sentence} It may or may not have arrived."
            message.claim = None  # the request is over: nobody can still be sending it
        case Refused() if outcome.permanent:
            message.state, message.reason = MessageState.FAILED, outcome.sentence
        case Refused():
            try_later(message, outcome, now)


def try_later(message: Message, outcome: Refused, now: datetime.datetime) -> None:
    """Back into the queue, since the provider certainly did not take it; or given up, in words."""
    if outcome.pauses_gateway or is_our_delay(outcome):
        message.attempts -= 1  # the message itself was never judged
        message.state, message.reason = MessageState.QUEUED, outcome.sentence
        return
    tries = len(settings.RETRY_DELAYS) + 1
    if message.attempts >= tries:
        message.state, message.reason = MessageState.FAILED, f"{outcome.sentence} Given up after {tries} tries."
        return
    wait = min(outcome.retry_after or 0, LONGEST_WAIT) or settings.RETRY_DELAYS[message.attempts - 1]
    next_try = now + datetime.timedelta(seconds=wait)
    if message.expires_at is not None and next_try >= message.expires_at:
        message.state = MessageState.FAILED
        message.reason = f"{outcome.sentence} The next try would come after its validity."
        return
    local = timezone.localtime(next_try)
    message.state, message.send_at = MessageState.QUEUED, next_try
    message.reason = f"{outcome.sentence} Next try {local:%H:%M:%S}, {message.attempts + 1} of {tries}."


def is_our_delay(outcome: Outcome) -> bool:
    """The request was not even begun."""
    return isinstance(outcome, Refused) and outcome.fault == Fault.US and outcome.retry_after == 0


def write_marks(messages: Sequence[Message], claim: uuid.UUID) -> None:
    """UPDATE each row that is still ours. executemany: the ORM's bulk_update is some twenty times slower."""
    fields = [Message._meta.get_field(name) for name in MARKED]
    settings_sql = ", ".join(f"{quoted(field)} = %s" for field in fields)
    sql = (
        f"UPDATE {connection.ops.quote_name(Message._meta.db_table)} SET {settings_sql}"
        f" WHERE id = %s AND claim = %s AND state IN ('sending', 'in_doubt')"
    )
    own = prepared(Message._meta.get_field("claim"), claim)
    rows = [
        (*(prepared(field, getattr(message, field.attname)) for field in fields), message.pk, own)
        for message in messages
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def quoted(field: models.Field) -> str:
    return connection.ops.quote_name(field.column)


def prepared(field: models.Field, value: Any) -> Any:
    if isinstance(value, str):
        value = storable(value)[: field.max_length]
    return field.get_db_prep_save(value, connection)


def storable(text: str) -> str:
    """A provider's words without what a database refuses: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def attempt_of(result: Result, task_id: str) -> Attempt:
    outcome = result.outcome
    return Attempt(
        message=result.message,
        gateway_id=result.message.gateway_id,
        started_at=result.started_at,
        milliseconds=result.milliseconds,
        outcome=type(outcome).__name__.lower(),
        code=storable(getattr(outcome, "code", ""))[:50],
        sentence=storable(getattr(outcome, "sentence", ""))[:500],
        fault=getattr(outcome, "fault", ""),
        task_id=task_id,
    )
