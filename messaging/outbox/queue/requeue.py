"""The way back into the queue of what the provider certainly did not take.

Whoever stops a message while it is out (being sent, in doubt) can only note that it is wanted no more. The note is
heeded in the statement (`states.move_wanted`) or the transaction that would queue it again, so neither can miss the
other. Whatever else forbids it (consent, validity, the switches) is asked at the next claim, as for every message.
"""

from collections.abc import Iterable

from django.db.models import F

from ..models import Message
from ..states import By, MessageState, move


def heed_stops(keys: Iterable[int]) -> None:
    """Cancel those of them that are wanted no more. They were queued in this transaction, so their rows are locked."""
    if keys := list(keys):
        unwanted = Message.objects.filter(pk__in=keys).exclude(unwanted="")
        move(unwanted.filter(state=MessageState.QUEUED), MessageState.CANCELLED, By.STOP, reason=F("unwanted"))
