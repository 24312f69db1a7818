"""What a client sees of their conversation: never what is hidden, whatever the door (E25)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..attachments.attachments import attachment_url, is_shown
from ..live.publish import publish
from ..models import Attachment, AttachmentState, ChatMessage, Conversation, EventKind, Sender

PAGE = 50
NEWEST_ID = 2**63 - 1


@dataclass(frozen=True)
class ShownFile:
    """`url`: "" while it is still on its way, or was refused: then `reason` says why."""

    attachment: Attachment
    url: str
    is_picture: bool
    reason: str


@dataclass(frozen=True)
class Bubble:
    """`day`: the line that stands above it, "" when it is of the same day as the one before."""

    message: ChatMessage
    files: list[ShownFile]
    is_theirs: bool
    is_seen: bool
    day: str


def visible(conversation: Conversation) -> QuerySet[ChatMessage]:
    """The one query behind every door of the client's side."""
    files = Prefetch("attachments", Attachment.objects.order_by("pk"))
    return conversation.chat_messages.filter(is_hidden=False, conversation__is_system=False).prefetch_related(files)


def messages_after(conversation: Conversation, after: int) -> list[ChatMessage]:
    """The next ones, the oldest first, at most a page."""
    return list(visible(conversation).filter(pk__gt=after).order_by("pk")[:PAGE])


def messages_before(conversation: Conversation, before: int = NEWEST_ID) -> tuple[list[ChatMessage], bool]:
    """The last ones before that id, the oldest first, and whether there are earlier ones."""
    found = list(visible(conversation).filter(pk__lt=before).order_by("-pk")[: PAGE + 1])
    return found[:PAGE][::-1], len(found) > PAGE


def bubbles(messages: Iterable[ChatMessage], conversation: Conversation, token: str) -> list[Bubble]:
    made: list[Bubble] = []
    day_before: datetime.date | None = None
    for message in messages:
        day = timezone.localdate(message.at)
        files = [shown_file(one, token) for one in message.attachments.all()]
        is_seen = message.pk <= conversation.read_up_to
        line = "" if day == day_before else day_words(day)
        made.append(Bubble(message, files, message.sender == Sender.CLIENT, is_seen, line))
        day_before = day
    return made


def shown_file(attachment: Attachment, token: str) -> ShownFile:
    reason = reason_of(attachment)
    url = "" if reason else attachment_url(attachment, token)
    return ShownFile(attachment, url, bool(url) and is_shown(attachment), reason)


def reason_of(attachment: Attachment) -> str:
    """Why the file cannot be had (now), in words; "" when it can."""
    if attachment.state == AttachmentState.READY:
        return ""
    return _("on its way") if attachment.state == AttachmentState.WAITING else _("could not be taken")


def day_words(day: datetime.date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - datetime.timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "DATE_FORMAT")


def count_unread(conversation: Conversation) -> int:
    """How many messages to them the client has not seen; more than a page is a page."""
    unseen = conversation.chat_messages.filter(is_hidden=False, pk__gt=conversation.client_read_up_to)
    return unseen.exclude(sender=Sender.CLIENT)[:PAGE].count()


def mark_seen(conversation: Conversation, seen: int) -> None:
    """The client has seen messages up to that id; operators' pages are told, once for each step forward."""
    newest = min(seen, conversation.newest_id)
    if newest <= conversation.client_read_up_to:
        return
    with transaction.atomic():
        rows = Conversation.objects.filter(pk=conversation.pk, client_read_up_to__lt=newest)
        if rows.update(client_read_up_to=newest):
            publish(EventKind.CHANGED, conversation, client_read_up_to=newest)
    conversation.client_read_up_to = newest
