"""Who may come in: views that show, and views that change."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from locations.errors import CannotDo

from ..models import Conversation
from .page_author import is_another, refuse_another

VIEW, CHANGE = "inbox.view_conversation", "inbox.change_conversation"
View = Callable[..., HttpResponse]


def shows(view: View) -> View:
    """For whoever may see conversations."""
    guarded = permission_required(VIEW, raise_exception=True)(require_safe(view))
    return login_required(never_cache(guarded))


def changes(view: View) -> View:
    """For whoever may answer; what the view cannot do (CannotDo) is said in its sentence.

    A page that belongs to somebody else than who is logged in now does nothing in their name.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_another(request):
            return refuse_another(request)
        try:
            return view(request, *args, **kwargs)
        except CannotDo as error:
            return refuse(str(error))

    guarded = permission_required([VIEW, CHANGE], raise_exception=True)(require_POST(answered))
    return login_required(never_cache(guarded))


def refuse(problem: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"problem": problem}, status=status)


def done() -> HttpResponse:
    return HttpResponse(status=204)


def find(pk: int) -> Conversation:
    """The conversation with what its page shows of it; else 404."""
    return get_object_or_404(Conversation.objects.select_related("client", "line", "zone", "assignee"), pk=pk)


def number(text: str | None) -> int:
    """A number out of an address or a form; 0 for what is none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
