"""What has waited in the queue is looked at anew before it leaves: is it still wanted, and is what it says still true?

Only the room that made a message can tell, so the rooms above register a look. What was made a moment ago has just been
judged there and is not looked at, so a message on its way costs nothing.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from locations.values.reasons import NONE, Reason

from ..models import Message
from ..signals import tell_changed
from ..states import By, MessageState, move, set_state

FRESH = datetime.timedelta(seconds=10)


@dataclass(frozen=True)
class SecondThought:
    """What has changed since the message was made. `state`: it does not go, for this reason; queued: not yet.

    `changes`: fields to be written anew before it goes.
    """

    state: MessageState | None = None
    reason: Reason = NONE
    changes: Mapping[str, object] = field(default_factory=dict)


Look = Callable[[Sequence[Message], datetime.datetime], dict[int, SecondThought]]
"""(messages, now) -> {message id: what has changed}. Called in the claim's transaction; it only reads."""

looks: list[Look] = []


def register(look: Look) -> None:
    if look not in looks:
        looks.append(look)


def look_again(messages: list[Message], now: datetime.datetime) -> list[Message]:
    """Those of them that go now, saying what is true now. In the claim's transaction, their rows locked."""
    waited = [message for message in messages if has_waited(message, now)]
    if not waited:
        return messages
    thoughts: dict[int, SecondThought] = {}
    for look in looks:
        thoughts |= look(waited, now)
    for message in waited:
        if thought := thoughts.get(message.pk):
            write_down(message, thought)
    return [message for message in messages if message.pk not in thoughts or thoughts[message.pk].state is None]


def why_no_more(message: Message) -> Reason:
    """Why it would not go if it were queued now, as far as those know who made it; none if it would."""
    for look in looks:
        thought = look([message], timezone.now()).get(message.pk)
        if thought is not None and thought.state not in {None, MessageState.QUEUED}:
            return thought.reason
    return NONE


def has_waited(message: Message, now: datetime.datetime) -> bool:
    """It was tried or returned, sent again, or lay in the queue for some seconds. Campaigns speak of no order."""
    is_fresh = not message.attempts and not message.reason and abs(now - message.created_at) < FRESH
    return message.order_id is not None and (not is_fresh or message.resend_of_id is not None)


def write_down(message: Message, thought: SecondThought) -> None:
    row, fields = Message.objects.filter(pk=message.pk), dict(thought.changes)
    if thought.state is not None:
        fields["reason"] = thought.reason
    if thought.state in {None, MessageState.QUEUED}:  # it stays in the queue
        row.update(**fields)
    else:
        move(row, thought.state, By.CLAIM, **fields)
        set_state(message, thought.state, By.CLAIM)
    for name, value in fields.items():
        setattr(message, name, value)
    if thought.state is not None:
        tell_changed([message])
