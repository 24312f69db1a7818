"""The chat on an order's time line: what was last said since the order was placed, and the way there."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.outbox.redaction import READS_CHAT, without_secrets
from orders.models import Order
from orders.timeline import Entry

from .models import Conversation


def chat_of_order(order: Order) -> Iterable[Entry]:
    rows = Conversation.objects.filter(client=order.client_id, newest_id__gt=0, last_at__gte=order.placed_at)
    for conversation in rows:
        who = conversation.get_last_sender_display()
        yield Entry(
            at=conversation.last_at,
            title=_("Chat with the client"),
            detail=without_secrets(f"{who}: {conversation.last_said}" if who else conversation.last_said),
            badge=_("unread") if conversation.is_unread else conversation.get_state_display(),
            tone="red" if conversation.is_unread else "grey",
            needs=READS_CHAT,
            url=reverse("inbox:conversation", args=[conversation.pk]),
        )
