"""What the client thought of the talk: asked for when it is closed, if that is switched on."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.errors import CannotDo

from .. import reasons
from ..conversations.writing import lock, remark, show
from ..live.publish import publish
from ..models import ChatSettings, Conversation, EventKind
from ..states import By, ConversationState, stand

BEST = 5
POOR = 2
"""So bad that the talk is open again."""


def can_rate(conversation: Conversation, settings: ChatSettings) -> bool:
    """Once after each closing: something that the client sees was said since the last rating."""
    if not settings.asks_rating or conversation.state != ConversationState.CLOSED:
        return False
    said = conversation.chat_messages.filter(is_hidden=False)
    if conversation.rated_at is not None:
        said = said.filter(at__gt=conversation.rated_at)
    return said.exists()


@transaction.atomic
def rate(conversation: Conversation, rating: int, settings: ChatSettings) -> None:
    """From 1 to 5. Raises CannotDo for another number, or when nobody asked."""
    if not 1 <= rating <= BEST:
        raise CannotDo(_("Choose from 1 to 5."))
    row = lock(conversation)
    if not can_rate(row, settings):
        raise CannotDo(_("This talk cannot be rated now."))
    written = remark(row, reasons.RATED(rating=rating))
    row.rating, row.rated_at = rating, timezone.now()
    if rating <= POOR:
        stand(row, ConversationState.OPEN, By.CLIENT)
        row.is_unread, row.unread = True, max(row.unread, 1)
    show(row, written)
    publish(EventKind.CHANGED, row, is_for_client=True)
