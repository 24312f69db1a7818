"""The client's card: the link to their chat."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from locations.models import Client
from messaging.inbox.identity.access import client_link, client_token, revoke_links, why_no_link
from messaging.inbox.identity.finding import unbind
from messaging.inbox.lines.telegram_links import telegram_link
from messaging.inbox.models import ConversationAddress

MOST_BOUND = 50
MAY_LINK = "inbox.change_conversation"
"""Whoever has the link reads and writes as the client, so that it takes more than seeing conversations."""


def chat_of(request: HttpRequest, client: Client) -> dict[str, Any]:
    """A demo client's chat is opened here; a real client's link is copied, once clients can reach this site."""
    if not request.user.has_perm(MAY_LINK):
        return {}
    if client.is_demo:
        return {"chat_page": reverse("chat:page", args=[client_token(client)])}
    return {
        "chat_link": client_link(client),
        "telegram_link": telegram_link(client),
        "bound": bound_addresses(client),
        "why_no_chat_link": why_no_link(),
    }


def bound_addresses(client: Client) -> QuerySet[ConversationAddress]:
    """From where they write, the last one first; what was only typed into a form binds nobody."""
    rows = ConversationAddress.objects.filter(conversation__client=client, is_claimed=False)
    return rows.select_related("line").order_by("-last_wrote_at")[:MOST_BOUND]


@require_POST
def unbind_view(request: HttpRequest, pk: int, bound: int) -> HttpResponse:
    if not request.user.has_perm(MAY_LINK):
        raise PermissionDenied
    client = get_object_or_404(Client, pk=pk)
    if address := unbind(client, bound):
        words = _(
            "What comes from %(address)s is not this client's any more. A link they still have would bind it again."
        )
        messages.success(request, words % {"address": address})
    return redirect("admin:locations_client_change", pk)


@require_POST
def revoke_view(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(MAY_LINK):
        raise PermissionDenied
    client = get_object_or_404(Client, pk=pk)
    revoke_links(client)
    messages.success(
        request,
        _("The links to this client's chat that were given out until now, Telegram's too, open nothing any more."),
    )
    return redirect("admin:locations_client_change", pk)
