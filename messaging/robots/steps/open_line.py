"""The open-line robot: it writes into the line that the client last wrote from (E24), or to the staff alone (E25)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F

from locations.errors import CannotDo
from locations.models import Channel, Client
from locations.values.reasons import NONE, Reason
from messaging.inbox.conversations.writing import Said, note, say
from messaging.inbox.models import ChatMessage, Conversation, ConversationAddress, LineKind
from messaging.outbox.models import Message

from ..models import RobotStep


@dataclass(frozen=True)
class OpenLine:
    """Where a client last wrote from. `address`: "" for web chat."""

    conversation: Conversation
    channel: Channel
    address: str


def open_lines(clients: Iterable[Client]) -> dict[int, OpenLine]:
    """{client id: their line}, of those who ever wrote; two queries."""
    rows = Conversation.objects.filter(client__in={client.pk for client in clients}, line__isnull=False)
    found = {conversation.pk: conversation for conversation in rows.select_related("line__gateway")}
    used = ConversationAddress.objects.filter(conversation__in=found, line=F("conversation__line"))
    addresses = dict(used.order_by("last_wrote_at").values_list("conversation", "address"))
    return {
        conversation.client_id: OpenLine(
            conversation, LineKind(conversation.line.kind).channel or Channel.CHAT, addresses.get(key, "")
        )
        for key, conversation in found.items()
        if conversation.client_id is not None and conversation.line is not None
    }


def speak(said: Sequence[tuple[RobotStep, OpenLine, Message]]) -> dict[int, tuple[ChatMessage | None, Reason]]:
    """Write each message into its conversation; {step id: what was written, or why it was not}. In a transaction.

    All conversations are locked before the first one is written to: whoever writes holds the log until it is committed.
    """
    keys = {line.conversation.pk for _step, line, _message in said}
    list(Conversation.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    return {step.pk: speak_once(step, line, message) for step, line, message in said}


def speak_once(step: RobotStep, line: OpenLine, message: Message) -> tuple[ChatMessage | None, Reason]:
    """The same step never speaks twice, whatever happens to the program in the middle."""
    words = Said(message.body, once_key=f"robot:{step.once_key}")
    try:
        written = note(line.conversation, words) if step.rule.is_hidden else say(line.conversation, words)
    except CannotDo as obstacle:
        return None, obstacle.reason
    if written is None:
        return ChatMessage.objects.with_key(words.once_key).get(), NONE
    if (queued := written.message) is not None:
        queued.order, queued.text_version = message.order, message.text_version
        queued.purpose, queued.expires_at = message.purpose, message.expires_at
        queued.send_at, queued.is_approved = message.send_at, message.is_approved
        queued.save(update_fields=["order", "text_version", "purpose", "expires_at", "send_at", "is_approved"])
    return written, NONE
