"""Messages on an order's time line."""

from collections.abc import Iterable

from django.urls import reverse

from locations.models import Channel
from locations.values.phones import mask_phone
from orders.models import Order
from orders.timeline import Entry

from .models import Message
from .redaction import READS_CHAT, is_of_chat, without_secrets
from .states import MessageState


def messages_of_order(order: Order) -> Iterable[Entry]:
    for message in order.messages.select_related("gateway"):
        yield Entry(
            at=message.sent_at or message.created_at,
            title=f"{message.get_channel_display()} → {shown_address(message)}",
            detail=str(message.reason) or outcome_line(message),
            remedy=message.reason.remedy,
            badge=message.get_state_display(),
            tone=MessageState(message.state).tone,
            url=reverse("admin:outbox_message_change", args=[message.pk]),
            text=without_secrets(message.body),
            text_needs=READS_CHAT if is_of_chat(message) else "",
        )


def shown_address(message: Message) -> str:
    return mask_phone(message.to) if Channel(message.channel).is_phone else message.to


def outcome_line(message: Message) -> str:
    """How it went, in a few words: the gateway and the parts."""
    words = [str(message.gateway)] if message.gateway else []
    if message.parts and message.channel == Channel.SMS:
        words.append(f"{message.parts} parts" if message.parts > 1 else "1 part")
    return " · ".join(words)
