"""What the client's page and app are told the moment it happens."""

from asgiref.sync import sync_to_async
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from ..errors import Refusal
from ..identity.access import client_of
from ..live.sse import client_stream
from ..models import ChatSettings
from .visit import Visit, entered, spoken_to


async def events(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET /chat/<token>/events/"""
    return await stream_for(request, token)


async def stream_for(request: HttpRequest, token: str, status: int = 403) -> HttpResponseBase:
    """The stream of the client's own conversation, or the refusal as JSON; `status` is that of a wrong token."""
    try:
        conversation = await sync_to_async(conversation_for)(request, token, status)
    except Refusal as refusal:
        return JsonResponse(refusal.words, status=refusal.status, headers=refusal.headers)
    return await client_stream(request, conversation, lambda: may_listen(token))


def conversation_for(request: HttpRequest, token: str, status: int) -> int:
    """The id of the client's conversation. Raises Refusal while the chat is off, and for a wrong token."""
    visit = Visit(request, token, entered(request, token, status))
    with spoken_to(visit):
        visit.must_chat()
    return visit.conversation.pk


def may_listen(token: str) -> bool:
    """Asked again while the page is open: the link may be revoked, the chat switched off."""
    try:
        client_of(token)
    except BadSignature:
        return False
    return ChatSettings.current().is_on
