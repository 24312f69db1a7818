"""An address that nobody knows turns out to be a client's, or becomes a new one."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from locations.consent import adopt_refusals
from locations.errors import CannotDo
from locations.models import Client, ContactKind, ContactPoint
from locations.search.search import clients_found
from locations.values.spelling import tidy
from orders.identity import find_namesakes

from ..conversations.merging import link
from ..models import AddressKind, Conversation
from .decorators import changes, find, number, shows

MOST = 10
CONTACT_KINDS: dict[str, ContactKind] = {AddressKind.PHONE: ContactKind.PHONE, AddressKind.EMAIL: ContactKind.EMAIL}


@shows
def show_clients(request: HttpRequest) -> HttpResponse:
    """Whom the words could mean, the newest client first."""
    if not request.user.has_perm("locations.view_client"):
        raise PermissionDenied
    term = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = (
        Client.objects.filter(pk__in=clients_found(term)).order_by("-pk") if len(term) > 1 else Client.objects.none()
    )
    context = {"clients": found.prefetch_related("contact_points")[:MOST], "term": term}
    return render(request, "inbox/operator/clients.html", context)


@changes
def link_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers with the conversation that it is now a part of."""
    client = get_object_or_404(Client, pk=number(request.POST.get("client")))
    with transaction.atomic():
        conversation = find(pk)
        add_contacts(conversation, client)
        kept = link(conversation, client)
    return JsonResponse({"conversation": kept.pk})


@changes
def make_client(request: HttpRequest, pk: int) -> HttpResponse:
    """A client of this name, with the addresses that were written from: known by name and phone, or new."""
    if not request.user.has_perm("locations.add_client"):
        raise PermissionDenied
    name = tidy(request.POST.get("name", ""))[:255]
    if not name:
        raise CannotDo(_("Write the client's name."))
    with transaction.atomic():
        conversation = find(pk)
        if conversation.client_id is not None:
            raise CannotDo(_("This conversation belongs to a client already."))
        client = namesake(conversation, name) or Client.objects.create(name=name)
        add_contacts(conversation, client)
        kept = link(conversation, client)
    return JsonResponse({"conversation": kept.pk})


def namesake(conversation: Conversation, name: str) -> Client | None:
    """Who has this name and a phone that was written from: the same person at every door (decision 6)."""
    phones = conversation.addresses.filter(is_claimed=False, kind=AddressKind.PHONE).values_list("address", flat=True)
    found = find_namesakes((name, phone) for phone in phones)
    return Client.objects.get(pk=min(found.values())) if found else None


def add_contacts(conversation: Conversation, client: Client) -> None:
    """The phones and e-mails that were written from stand in the card from now on, after those that are there.

    What a stranger only typed into the feedback form is nobody's yet, and stays out.
    """
    known = set(client.contact_points.values_list("kind", "value"))
    shown_to_be_theirs = conversation.addresses.filter(is_claimed=False)
    written = [used.address for used in shown_to_be_theirs if used.kind in CONTACT_KINDS]
    adopt_refusals(client, written)
    for position, used in enumerate(shown_to_be_theirs, start=len(known)):
        kind = CONTACT_KINDS.get(used.kind)
        if kind is not None and (kind.value, used.address) not in known:
            known.add((kind.value, used.address))
            ContactPoint.objects.create(client=client, kind=kind, value=used.address, position=position)
