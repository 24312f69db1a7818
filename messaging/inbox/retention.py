"""What goes with time: the messages of closed conversations with their files, drafts, the log that open pages read."""

import datetime
from functools import partial

from django.db import transaction

from locations.values.reasons import NONE

from .live.log import prune_events
from .models import Attachment, ChatMessage, Conversation, ConversationState, Draft

__all__ = ["prune_chats", "prune_drafts", "prune_events", "remove_files"]


def prune_chats(before: datetime.datetime, at_most: int) -> int:
    """Delete up to so many messages of conversations closed and silent since then; returns how many.

    A client's conversation stays, empty, since it keeps which links were revoked; an unknown address's goes, too.
    """
    silent = Conversation.objects.filter(state=ConversationState.CLOSED, last_at__lt=before)
    full = list(silent.exclude(last_sender="").order_by("last_at").values_list("pk", flat=True)[:at_most])
    if not full:
        empty = silent.filter(client=None, is_system=False, chat_messages=None)
        return empty.filter(pk__in=list(empty.values_list("pk", flat=True)[:at_most])).delete()[0]
    old = ChatMessage.objects.filter(conversation__in=full).order_by("conversation", "pk")
    keys = list(old.values_list("pk", flat=True)[:at_most])
    with transaction.atomic():
        remove_files(keys)
        ChatMessage.objects.filter(pk__in=keys).delete()
        left = set(ChatMessage.objects.filter(conversation__in=full).order_by().values_list("conversation", flat=True))
        emptied = [conversation for conversation in full if conversation not in left]
        Conversation.objects.filter(pk__in=emptied).update(
            last_words="",
            last_notice=NONE,
            last_sender="",  # the sign that nothing is left to go
        )
    return max(len(keys), len(emptied))


def remove_files(chat_messages: list[int]) -> None:
    """The files of these messages leave the disk once the transaction is over."""
    for attachment in Attachment.objects.filter(chat_message__in=chat_messages).exclude(file=""):
        storage, name = attachment.file.storage, str(attachment.file.name)
        transaction.on_commit(partial(storage.delete, name))


def prune_drafts(before: datetime.datetime, at_most: int) -> int:
    keys = list(Draft.objects.filter(changed_at__lt=before).values_list("pk", flat=True)[:at_most])
    return Draft.objects.filter(pk__in=keys).delete()[0]
