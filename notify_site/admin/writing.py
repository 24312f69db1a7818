"""From an order or a client's card into the chat with that client."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from locations.models import Client
from messaging.inbox.identity.finding import conversation_of


@login_required
@permission_required(["inbox.view_conversation", "inbox.change_conversation"], raise_exception=True)
@require_POST
def write_to_client(_request: HttpRequest, pk: int) -> HttpResponse:
    """The client's conversation, made if there is none yet, ready to write."""
    conversation = conversation_of(get_object_or_404(Client, pk=pk))
    return HttpResponseRedirect(f"{reverse('inbox:conversation', args=[conversation.pk])}#o-text")
