"""One person writes by SMS, Telegram, WhatsApp or e-mail more than anybody could read: all is kept, quietly."""

from django.conf import settings

from .. import reasons
from ..conversations.writing import lock, remark, show
from ..errors import Refusal
from ..models import Conversation, ConversationState
from ..rate_limits import HOUR, MINUTE, take_turn

LONGEST_KEY = 200


def is_unwanted(conversation: Conversation, kind: str, address: str) -> bool:
    """Whether what comes now is kept without a word: its sender is blocked, or writes too much at once.

    The provider has no use for a refusal, and the words are a client's: nothing is thrown away.
    """
    if conversation.state == ConversationState.BLOCKED:
        return True
    whose = f"{kind}:{address}"
    if _has_turn(f"inbound:{whose}", settings.INBOUND_MESSAGES_PER_MINUTE, MINUTE):
        return False
    if _has_turn(f"flood:{whose}", 1, HOUR):
        warn(conversation)
    return True


def warn(conversation: Conversation) -> None:
    """Once an hour, between the messages."""
    row = lock(conversation)
    show(row, remark(row, reasons.TOO_MUCH(most=settings.INBOUND_MESSAGES_PER_MINUTE)))


def _has_turn(key: str, most: int, seconds: int) -> bool:
    try:
        take_turn(key[:LONGEST_KEY], most, seconds)
    except Refusal:
        return False
    return True
