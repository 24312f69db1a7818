"""A receipt from a gateway that its message has left: it was refused there for now, and another one took it over.

What the first one delivered after all is delivered, whatever the second one says. A customer who may have got the
message twice is told of in its reason.
"""

import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from locations.values.reasons import NONE
from messaging.gateways.adapters import ReceiptNews, ReceiptStatus
from messaging.gateways.models import Gateway

from .. import reasons
from ..models import Attempt, Message
from ..states import WAITING, By, MessageState, move

SENT_BY_THE_SECOND = (MessageState.SENT, MessageState.IN_DOUBT)


def hear_late(message: Message, gateway: Gateway, news: ReceiptNews, at: datetime.datetime) -> bool:
    """Note what a former gateway of the message says; False when it is being sent this moment: ask again later.

    That one copy failed says nothing about the other. Who never tried the message is not believed.
    """
    if news.status == ReceiptStatus.FAILED or not Attempt.objects.filter(message=message, gateway=gateway).exists():
        return True
    row = Message.objects.filter(pk=message.pk)
    unsent = row.filter(state__in=sorted(WAITING))  # by the second one
    if move_on(unsent, news, at, gateway=gateway, provider_id=news.provider_id):
        return True  # it does not go a second time
    if news.status == ReceiptStatus.DELIVERED:
        note_delivery(row, gateway, news, at)
    else:
        reason = reasons.TAKEN_TOO(gateway=gateway)
        row.filter(state__in=[*SENT_BY_THE_SECOND, MessageState.DELIVERED]).update(reason=reason)
    return not row.filter(state=MessageState.SENDING).exists()


def note_delivery(row: QuerySet[Message], gateway: Gateway, news: ReceiptNews, at: datetime.datetime) -> None:
    """The first one delivered it, though the second one had it by then."""
    once, twice = reasons.DELIVERED_AFTER_ALL(gateway=gateway), reasons.DELIVERED_TWICE(gateway=gateway)
    # In this order: each statement makes what the one before it looks for.
    row.filter(state=MessageState.DELIVERED).update(reason=twice)
    move_on(row.filter(state__in=SENT_BY_THE_SECOND), news, at, reason=twice)
    move_on(row, news, at, reason=once)


def move_on(row: QuerySet[Message], news: ReceiptNews, at: datetime.datetime, **fields: Any) -> int:
    """The message was sent, or delivered, at that moment."""
    fields = {"reason": NONE, "look_up_at": None, "sent_at": Coalesce(F("sent_at"), Value(at)), **fields}
    if news.status == ReceiptStatus.DELIVERED:
        fields["delivered_at"] = at
    return move(row, MessageState(news.status), By.LATE_RECEIPT, **fields)
