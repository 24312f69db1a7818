"""Who looks at a conversation and who is replying, so that two do not answer over each other; what is unread."""

from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from locations.signed_in import signed_in

from ..live.log import count_unread, present_in
from ..live.publish import publish
from ..models import Conversation, EventKind
from .page_author import is_another, refuse_another

STATES = {"viewing", "replying", "gone"}


@login_required
@permission_required("inbox.view_conversation", raise_exception=True)
@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest, pk: int) -> JsonResponse:
    """POST state=viewing|replying|gone, again at least every 25 s. Answers who else is there: [{user, name, state}]."""
    conversation = get_object_or_404(Conversation, pk=pk)
    if request.method == "POST" and is_another(request):
        return refuse_another(request)
    if request.method == "POST":
        state = request.POST.get("state", "")
        if state not in STATES:
            return JsonResponse({"error": "state: viewing, replying or gone"}, status=400)
        who = signed_in(request)
        tell_presence(conversation, who.pk, who.get_full_name() or who.username, state)
    return JsonResponse({"present": [one for one in present_in(pk) if one["user"] != request.user.pk]})


@login_required
@permission_required("inbox.view_conversation", raise_exception=True)
@require_safe
@never_cache
def unread(_request: HttpRequest) -> JsonResponse:
    """{"unread": 3}: for the number beside the chat in the menu."""
    return JsonResponse({"unread": count_unread()})


@transaction.atomic
def tell_presence(conversation: Conversation, user: int, name: str, state: str) -> None:
    publish(EventKind.PRESENCE, conversation, user=user, name=name, state=state)
