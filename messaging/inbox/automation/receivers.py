"""What the rooms below tell the chat: how replies fare, and gateways in trouble.

Each listener writes once the teller's transaction is over: within it, it would hold up who sends, and they each other.
"""

from functools import partial
from typing import Any

from django.db import transaction

from locations.values.reasons import Reason
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message

from .. import reasons
from ..conversations.writing import Said, announce
from ..live.publish import publish
from ..models import ChatMessage, EventKind


def on_messages_changed(keys: list[int], **_signal: Any) -> None:
    """Listens to outbox.messages_changed: what became of a reply appears on open pages."""
    transaction.on_commit(partial(show_deliveries, keys))


@transaction.atomic
def show_deliveries(keys: list[int]) -> None:
    rows = ChatMessage.objects.filter(message__in=keys).select_related("conversation", "message")
    for written in rows.order_by("pk"):
        if written.message is None:  # the query names those that have one
            continue
        state = Message(state=written.message.state)
        publish(
            EventKind.DELIVERY,
            written.conversation,
            chat_message=written,
            state=written.message.state,
            tone=state.tone,
        )


def on_gateway_paused(gateway: Gateway, reason: Reason, **_signal: Any) -> None:
    """Listens to gateways.gateway_paused, sent once per pause."""
    notice = reasons.GATEWAY_PAUSED(gateway=gateway, reason=reason)
    transaction.on_commit(partial(announce, Said(notice=notice)))


def on_gateway_resumed(gateway: Gateway, **_signal: Any) -> None:
    transaction.on_commit(partial(announce, Said(notice=reasons.GATEWAY_RESUMED(gateway=gateway))))
