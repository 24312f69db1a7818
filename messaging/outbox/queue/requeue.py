"""The way back into the queue: for what the provider certainly did not take, and for what a person lets go after all.

Whoever stops a message while it is out (being sent, in doubt) can only note that it is wanted no more. The note is
heeded here, in the statement or the transaction that would queue it again, so neither can miss the other. Whatever else
forbids it (consent, validity, the switches) is asked at the next claim, as for every message.
"""

from collections.abc import Iterable

from django.db.models import Case, F, QuerySet, Value, When

from ..models import Message, MessageState


def put_back(messages: QuerySet[Message], reason: str, **fields: object) -> int:
    """Queue them again, or cancel those that are wanted no more; returns how many rows were touched. One statement."""
    is_wanted = When(unwanted="", then=Value(MessageState.QUEUED))
    return messages.update(
        state=Case(is_wanted, default=Value(MessageState.CANCELLED)),
        reason=Case(When(unwanted="", then=Value(reason[:500])), default=F("unwanted")),
        **fields,
    )


def heed_stops(keys: Iterable[int]) -> None:
    """Cancel those of them that are wanted no more. They were queued in this transaction, so their rows are locked."""
    if keys := list(keys):
        back = Message.objects.filter(pk__in=keys, state=MessageState.QUEUED)
        back.exclude(unwanted="").update(state=MessageState.CANCELLED, reason=F("unwanted"))
