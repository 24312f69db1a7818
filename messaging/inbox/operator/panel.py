"""The client's panel: contacts, the last order; debts, places, all orders and messages on demand (D10-D13)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from locations.models import Client, ContactKind
from locations.signed_in import signed_in
from messaging.outbox.models import Message
from messaging.outbox.redaction import shown_to
from orders.models import Order

from ..identity.finding import orders_of
from ..models import Conversation, ConversationAddress
from .decorators import find, number, shows

PAGE = 20
SEES_ORDERS, SEES_MESSAGES = "orders.view_order", "outbox.view_message"


def panel_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the panel's upper part shows; what this user may not see is left out."""
    client = conversation.client
    points = list(client.contact_points.all()) if client else []
    addresses = [] if client else list(conversation.addresses.select_related("line"))
    return {
        "phones": [point for point in points if point.kind == ContactKind.PHONE],
        "emails": [point for point in points if point.kind == ContactKind.EMAIL],
        "addresses": addresses,
        "new_name": new_name(conversation, addresses),
        "last_order": shown_orders(client).first() if client and request.user.has_perm(SEES_ORDERS) else None,
        "sees_orders": request.user.has_perm(SEES_ORDERS),
        "sees_messages": request.user.has_perm(SEES_MESSAGES),
        "may_link": request.user.has_perm("locations.view_client"),
        "may_add_client": request.user.has_perm("locations.add_client"),
    }


def new_name(conversation: Conversation, addresses: list[ConversationAddress]) -> str:
    """What a stranger calls themselves; "" when only the address is known."""
    name = conversation.title
    for used in addresses:
        name = name.removesuffix(used.address).removesuffix(", ")
    return "" if name.startswith("+") or "@" in name else name


def shown_orders(client: Client | None) -> QuerySet[Order]:
    return orders_of(client).select_related("stage", "location__zone", "department")


@shows
def show_more(request: HttpRequest, pk: int) -> HttpResponse:
    """Under the arrow (D12): bottle debt, all addresses, consents."""
    conversation = find(pk)
    client = conversation.client
    context = {
        "conversation": conversation,
        "places": client.locations.select_related("zone").order_by("-pk")[:PAGE] if client else [],
        "consents": client.consents.order_by("channel", "purpose") if client else [],
        "used": conversation.addresses.select_related("line").order_by("-last_wrote_at")[:PAGE],
    }
    return render(request, "inbox/operator/more.html", context)


@shows
def show_orders(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole order history, page by page; `before`: only orders placed before that one."""
    conversation = find(pk)
    rows = shown_orders(conversation.client) if request.user.has_perm(SEES_ORDERS) else Order.objects.none()
    if last := rows.filter(pk=number(request.GET.get("before"))).first():
        rows = rows.filter(Q(placed_at__lt=last.placed_at) | Q(placed_at=last.placed_at, pk__lt=last.pk))
    found = list(rows[: PAGE + 1])
    context = {"conversation": conversation, "orders": found[:PAGE], "has_more": len(found) > PAGE}
    return render(request, "inbox/operator/orders.html", context)


@shows
def show_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was sent to the client by SMS and e-mail, by robots too, the newest first."""
    conversation = find(pk)
    rows = Message.objects.filter(client=conversation.client_id).exclude(client=None).order_by("-pk")
    rows = shown_to(signed_in(request), rows)
    if not request.user.has_perm(SEES_MESSAGES):
        rows = rows.none()
    if before := number(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    context = {"conversation": conversation, "sent": found[:PAGE], "has_more": len(found) > PAGE}
    return render(request, "inbox/operator/history.html", context)
