"""Finding the one conversation of a client, or of an address nobody knows."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Client, ContactPoint, DeliveryZone
from messaging.outbox.models import Message
from orders.models import Order

from .live import publish
from .models import AddressKind, ChatMessage, Conversation, ConversationAddress, EventKind, Line

LATELY = datetime.timedelta(days=30)
"""Whoever we wrote to at an address within this time is who answers from it."""


def conversation_of(client: Client) -> Conversation:
    """The client's conversation; made, without any message, if there is none."""
    defaults = {"title": client.name, "zone": zone_of(client)}
    return Conversation.objects.get_or_create(client=client, defaults=defaults)[0]


def rename(client: Client) -> None:
    """The client's card has another name now: search finds the conversation by that one."""
    Conversation.objects.filter(client=client).exclude(title=client.name).update(title=client.name)


def system_conversation() -> Conversation:
    """Where the program and its makers write to the operators (D26)."""
    defaults = {"title": str(_("System messages"))}
    return Conversation.objects.get_or_create(is_system=True, defaults=defaults)[0]


def orders_of(client: Client | None) -> QuerySet[Order]:
    """All of the client's orders, the newest first."""
    return Order.objects.filter(client=client).order_by("-placed_at", "-pk")


def zone_of(client: Client) -> DeliveryZone | None:
    """The zone of the client's last order, else of any place of theirs."""
    last = orders_of(client).select_related("location__zone").first()
    if last is not None:
        return last.location.zone
    place = client.locations.exclude(zone=None).select_related("zone").first()
    return place.zone if place else None


def conversation_from(kind: AddressKind, address: str, title: str = "") -> Conversation:
    """Whose words these are: the client we lately wrote to at this address, else who wrote from it before, else the
    only client who has it in the card, else a conversation of the address itself.
    """
    client = _written_to_lately(kind, address)
    used = ConversationAddress.objects.filter(kind=kind, address=address, is_claimed=False)
    known = used.order_by("-last_wrote_at")
    before = known.select_related("conversation__client").first()
    if before is not None and (client is None or before.conversation.client_id == client.pk):
        return before.conversation
    client = client or _only_owner(kind, address)
    if client is not None:
        return conversation_of(client)
    return Conversation.objects.create(title=(title or address)[:255])


def remember_address(
    conversation: Conversation,
    kind: AddressKind,
    address: str,
    line: Line,
    at: datetime.datetime | None = None,
    thread: dict[str, str] | None = None,
) -> None:
    """They wrote from there. `thread`: headers by which a reply joins this letter."""
    now = {"last_wrote_at": at or timezone.now(), "is_claimed": False, "thread": thread or {}}
    ConversationAddress.objects.update_or_create(
        conversation=conversation, kind=kind, address=address, line=line, defaults=now
    )


def meet_address(conversation: Conversation, kind: AddressKind, address: str, line: Line) -> None:
    """A machine wrote from there: it is known whose it is, and nothing else changes, least of all where answers go."""
    ConversationAddress.objects.get_or_create(conversation=conversation, kind=kind, address=address, line=line)


def _written_to_lately(kind: AddressKind, address: str) -> Client | None:
    if kind not in {AddressKind.PHONE, AddressKind.EMAIL}:
        return None
    since = timezone.now() - LATELY
    ours = Message.objects.filter(to=address).order_by("-pk").select_related("client").first()
    return ours.client if ours is not None and ours.created_at > since else None


def _only_owner(kind: AddressKind, address: str) -> Client | None:
    """The client whose card has this phone or e-mail; None when nobody or several do: an address merges no people."""
    points = ContactPoint.objects.filter(kind=kind, value=address).select_related("client")[:2]
    return points[0].client if len(points) == 1 else None


@transaction.atomic
def link(conversation: Conversation, client: Client) -> Conversation:
    """An unknown address turns out to be this client's: its messages join the client's conversation, which is returned.

    Raises ValueError when the conversation is another client's already.
    """
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if row.client_id is not None or row.is_system:
        raise ValueError(_("This conversation belongs to a client already."))
    known = Conversation.objects.select_for_update().filter(client=client).first()
    if known is None:
        row.client, row.title, row.zone = client, client.name, zone_of(client)
        row.save(update_fields=["client", "title", "zone"])
        publish(EventKind.CHANGED, row)
        return row
    ChatMessage.objects.filter(conversation=row).update(conversation=known)
    for used in row.addresses.all():
        theirs = {"kind": used.kind, "address": used.address, "line": used.line}
        as_before = {"last_wrote_at": used.last_wrote_at, "is_claimed": used.is_claimed, "thread": used.thread}
        if used.is_claimed:  # what somebody typed into a form takes nothing from an address that was written from
            known.addresses.get_or_create(**theirs, defaults=as_before)
        else:
            known.addresses.update_or_create(**theirs, defaults=as_before)
    known.newest_id = max(known.newest_id, row.newest_id)
    known.unread += row.unread
    known.is_unread = known.is_unread or row.is_unread
    if row.last_at > known.last_at:
        known.last_at, known.last_words, known.last_sender = row.last_at, row.last_words, row.last_sender
        known.line = row.line or known.line
    known.save()
    row.delete()
    publish(EventKind.CHANGED, known, was=conversation.pk)
    return known
