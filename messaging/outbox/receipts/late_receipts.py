"""A receipt from a gateway that its message has left: it was refused there for now, and another one took it over.

What the first one delivered after all is delivered, whatever the second one says. A customer who may have got the
message twice is told of in its reason.
"""

import datetime
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from messaging.gateways.adapters import ReceiptNews, ReceiptStatus
from messaging.gateways.models import Gateway

from ..models import Attempt, Message, MessageState

UNSENT = {MessageState.QUEUED, MessageState.HELD}  # not by the second one
OVER = {MessageState.FAILED, MessageState.EXPIRED}
SENT_TWICE = {MessageState.SENT, MessageState.DELIVERED, MessageState.IN_DOUBT}


def hear_late(message: Message, gateway: Gateway, news: ReceiptNews, at: datetime.datetime) -> bool:
    """Note what a former gateway of the message says; False when it is being sent this moment: ask again later.

    That one copy failed says nothing about the other. Who never tried the message is not believed.
    """
    if news.status == ReceiptStatus.FAILED or not Attempt.objects.filter(message=message, gateway=gateway).exists():
        return True
    row = Message.objects.filter(pk=message.pk)
    if row.filter(state__in=UNSENT).update(**arrival(news, at), gateway=gateway, provider_id=news.provider_id):
        return True  # it does not go a second time
    if news.status == ReceiptStatus.DELIVERED:
        note_delivery(row, gateway, news, at)
    else:
        reason = _("“%(gateway)s” has taken it too: the customer may get it twice.") % {"gateway": gateway}
        row.filter(state__in=SENT_TWICE).update(reason=reason)
    return not row.filter(state=MessageState.SENDING).exists()


def note_delivery(row: QuerySet[Message], gateway: Gateway, news: ReceiptNews, at: datetime.datetime) -> None:
    """The first one delivered it, though the second one had it by then."""
    once = _("“%(gateway)s” delivered it after all.") % {"gateway": gateway}
    twice = _("“%(gateway)s” delivered it too: the customer may have got it twice.") % {"gateway": gateway}
    # In this order: each statement makes what the one before it looks for.
    row.filter(state=MessageState.DELIVERED).update(reason=twice)
    row.filter(state__in=SENT_TWICE - {MessageState.DELIVERED}).update(**arrival(news, at) | {"reason": twice})
    row.filter(state__in=OVER).update(**arrival(news, at) | {"reason": once})


def arrival(news: ReceiptNews, at: datetime.datetime) -> dict[str, Any]:
    """The fields of a message that was sent, or delivered, at that moment."""
    fields: dict[str, Any] = {"state": MessageState(news.status), "reason": "", "look_up_at": None}
    fields["sent_at"] = Coalesce(F("sent_at"), Value(at))
    return fields | ({"delivered_at": at} if news.status == ReceiptStatus.DELIVERED else {})
