"""Chat messages are duplicated to the staff's e-mail, if that is switched on (D5)."""

from django.conf import settings as site
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Channel, Purpose
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.redaction import without_secrets

from ..models import ChatMessage, ChatSettings, Conversation, LineKind, Sender

COPIED = {Sender.CLIENT, Sender.OPERATOR, Sender.ROBOT}
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: no machine answers such a letter."""


def send_copies(conversation: Conversation, written: ChatMessage) -> None:
    """One letter to each address of the staff about a message of a client, an operator or a robot; in a transaction."""
    if written.is_hidden or written.sender not in COPIED or is_told_otherwise(written):
        return
    settings = ChatSettings.current()
    if not settings.copies_to_email or is_from_staff(conversation, written, settings):
        return
    who = conversation.title if written.sender == Sender.CLIENT else _("%(who)s was answered") % {"who": conversation}
    letters = [
        Message(
            channel=Channel.EMAIL,
            purpose=Purpose.STAFF,
            to=address,
            subject=(_("Chat: %s") % who)[:500],
            body=words_of(conversation, written),
            headers=AUTOMATIC,
            is_demo=conversation.is_demo,
        )
        for address in dict.fromkeys(settings.staff_addresses)
    ]
    queue_messages(letters)


def is_told_otherwise(written: ChatMessage) -> bool:
    """The feedback form sends its own letter (D2)."""
    return written.once_key.startswith("feedback:")


def is_from_staff(conversation: Conversation, written: ChatMessage, settings: ChatSettings) -> bool:
    """An answer to a copy, or a note of absence: to copy it would go round for ever."""
    if written.line is None or written.line.kind != LineKind.EMAIL or written.sender != Sender.CLIENT:
        return False
    staff = {address.lower() for address in settings.staff_addresses}
    return conversation.addresses.filter(address__in=staff).exists()


def words_of(conversation: Conversation, written: ChatMessage) -> str:
    who = conversation.title if written.sender == Sender.CLIENT else written.author or written.get_sender_display()
    line = f" ({written.line})" if written.line else ""
    files = [_("File: %s") % attachment.name for attachment in written.attachments.all()]
    return "\n".join(filter(None, [f"{who}{line}:", without_secrets(written.text), *files, "", link_to(conversation)]))


def link_to(conversation: Conversation) -> str:
    """Where an operator answers; "" when the site is not reachable from outside."""
    return site.PUBLIC_URL + reverse("inbox:conversation", args=[conversation.pk]) if site.PUBLIC_URL else ""
