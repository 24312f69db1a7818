"""Finding the one conversation of a client, or of an address nobody knows."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Client, ContactPoint, DeliveryZone
from messaging.outbox.models import Message
from orders.models import Order

from ..live.publish import publish
from ..models import AddressKind, ChatMessage, Conversation, ConversationAddress, EventKind, Line, Sender

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
    place = client.locations.exclude(zone=None).select_related("zone").order_by("pk").first()
    return place.zone if place else None


def conversation_from(kind: str, address: str, title: str = "") -> Conversation:
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
    kind: str,
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


@transaction.atomic
def unbind(client: Client, bound: int) -> str:
    """What comes from this address is not the client's any more; returns the address, "" when it was not bound.

    A phone or an e-mail that stands in their card, or that they were lately written to, still leads to them.
    """
    used = ConversationAddress.objects.select_related("conversation").filter(conversation__client=client, pk=bound)
    found = used.first()
    if found is None:
        return ""
    conversation = found.conversation
    same = conversation.addresses.filter(kind=found.kind, address=found.address)
    lines = set(same.values_list("line", flat=True))
    same.delete()
    if conversation.line_id in lines and not conversation.addresses.filter(line=conversation.line_id).exists():
        conversation.line = None  # by which nobody could be answered any more
        conversation.save(update_fields=["line"])
    publish(EventKind.CHANGED, conversation)
    return found.address


def meet_address(conversation: Conversation, kind: str, address: str, line: Line) -> None:
    """A machine wrote from there: it is known whose it is, and nothing else changes, least of all where answers go."""
    ConversationAddress.objects.get_or_create(conversation=conversation, kind=kind, address=address, line=line)


def _written_to_lately(kind: str, address: str) -> Client | None:
    if kind not in {AddressKind.PHONE, AddressKind.EMAIL}:
        return None
    since = timezone.now() - LATELY
    ours = Message.objects.filter(to=address).order_by("-pk").select_related("client").first()
    return ours.client if ours is not None and ours.created_at > since else None


def _only_owner(kind: str, address: str) -> Client | None:
    """The client whose card has this phone or e-mail; None when nobody or several do: an address merges no people."""
    points = ContactPoint.objects.filter(kind=kind, value=address).select_related("client")[:2]
    return points[0].client if len(points) == 1 else None


def unseen_in(row: Conversation) -> QuerySet[ChatMessage]:
    """What counts as unread, the oldest first: a client's words, no STOP; among the program's own its alarms."""
    newer = row.chat_messages.filter(pk__gt=row.read_up_to, is_command=False).order_by("pk")
    return newer.filter(sender=Sender.SYSTEM if row.is_system else Sender.CLIENT)
