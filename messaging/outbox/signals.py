"""What became of messages, told in batches, inside the transaction; listeners only write rows."""

from collections.abc import Iterable

from django.dispatch import Signal

from .models import Message

messages_changed = Signal()
"""`keys: list[int]` of pinned messages (replies) whose state or reason changed. Heard by messaging.inbox."""


def tell_changed(messages: Iterable[Message]) -> None:
    """Of those that are replies."""
    keys = [message.pk for message in messages if message.is_pinned]
    if keys:
        messages_changed.send(Message, keys=keys)


def tell_changed_keys(keys: Iterable[int]) -> None:
    """The same, when the messages themselves are not at hand: one query."""
    tell_changed(Message.objects.filter(pk__in=list(keys), is_pinned=True).only("pk", "is_pinned"))
