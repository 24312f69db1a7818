"""The page and the parts of it that the browser asks for."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import DeliveryZone
from locations.search.words import words_of
from locations.signed_in import signed_in

from ..live.log import newest_event_id
from ..models import Conversation, ConversationState, Line
from . import thread
from .composing import composer_context
from .decorators import CHANGE, find, number, shows
from .filters import Assigned, Filters, Who
from .listing import Place, is_shown, list_page, quick_chips, saved_views, search_page, unread_counts
from .marking import colleagues, is_before_evening
from .panel import panel_context


@shows
def show_list(request: HttpRequest) -> HttpResponse:
    """/inbox/: the list, and words where the thread will be."""
    return _page(request, {"conversation": None, "has_conversations": Conversation.objects.exists()})


@shows
def show_conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """/inbox/<id>/: the whole page, or thread and panel alone for a page that is open already."""
    conversation = find(pk)
    context = {**conversation_context(request, conversation), **panel_context(request, conversation)}
    if request.headers.get("X-Part") == "conversation":
        return render(request, "inbox/operator/conversation.html", context)
    return _page(request, context)


@shows
def show_rows(request: HttpRequest) -> HttpResponse:
    """The list alone; `after`: its next page; `before`: older messages that a search found."""
    filters = Filters.read(request.GET)
    after, before = Place.read(request.GET.get("after", "")), number(request.GET.get("before"))
    if filters.q:
        template = "found_messages" if before else "list"
        context = _listed(request, filters) if not before else {"found": search_page(filters, before)}
    else:
        template = "rows" if after else "list"
        context = {"listed": list_page(filters, signed_in(request), after)} if after else _listed(request, filters)
    return render(request, f"inbox/operator/{template}.html", {"filters": filters, **context})


@shows
def show_filters(request: HttpRequest) -> HttpResponse:
    """What can be chosen in the filter panel; asked for when it is opened."""
    context = {
        "filters": Filters.read(request.GET),
        "who": Who.choices,
        "assigned": Assigned.choices,
        "states": ConversationState.choices,
        "zones": DeliveryZone.objects.all()[:500],
        "lines": Line.objects.all()[:100],
    }
    return render(request, "inbox/operator/filters.html", context)


@shows
def show_chips(request: HttpRequest) -> HttpResponse:
    """The switches above the list with their counts as they are now."""
    chips = quick_chips(Filters.read(request.GET), unread_counts(signed_in(request)))
    return render(request, "inbox/operator/chips.html", {"chips": chips})


@shows
def show_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row as it is now; 204 when it is not in the list that the page shows."""
    filters = Filters.read(request.GET)
    if not is_shown(filters, signed_in(request), pk):
        return HttpResponse(status=204)
    return render(request, "inbox/operator/row.html", {"row": find(pk), "filters": filters})


@shows
def show_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """Bubbles `after` or `before` a message's id, without what the page has already; or one alone (`only`)."""
    conversation = find(pk)
    if only := number(request.GET.get("only")):
        part = thread.alone(conversation, only)
    elif before := number(request.GET.get("before")):
        part = thread.older(conversation, before)
    else:
        part = thread.newer(conversation, number(request.GET.get("after")))
    may_change = request.user.has_perm(CHANGE)
    context = {"conversation": conversation, "thread": part, "may_change": may_change, "found": 0, "words": ()}
    return render(request, "inbox/operator/entries.html", context)


@shows
def show_outside(request: HttpRequest, pk: int) -> HttpResponse:
    """What robots and people sent lately outside the chat; 204 when it is what the page has (`was`)."""
    conversation = find(pk)
    part = thread.lately_outside(conversation)
    if part.mark == request.GET.get("was"):
        return HttpResponse(status=204)
    context = {"conversation": conversation, "entries": part.entries}
    response = render(request, "inbox/operator/outside_only.html", context)
    response["X-Mark"] = part.mark
    return response


@shows
def show_head(request: HttpRequest, pk: int) -> HttpResponse:
    """The line above a thread: whose it is, its state, the buttons."""
    return render(request, "inbox/operator/head.html", head_context(request, find(pk)))


def conversation_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    found = number(request.GET.get("message"))
    return {
        **head_context(request, conversation),
        **composer_context(request, conversation),
        "thread": thread.around(conversation, found) if found else thread.newest(conversation),
        "found": found,
        "words": tuple(words_of(request.GET.get("q", ""))) if found else (),
    }


def head_context(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    may_change = request.user.has_perm(CHANGE)
    return {
        "conversation": conversation,
        "filters": Filters.read(request.GET),
        "may_change": may_change,
        "colleagues": colleagues(signed_in(request)) if may_change else [],
        "is_before_evening": is_before_evening(timezone.localtime()),
        "states": ConversationState,
    }


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    filters = Filters.read(request.GET)
    shown = {
        **admin.site.each_context(request),
        "title": _("Chat"),
        "newest_event": newest_event_id(),
        "may_change": request.user.has_perm(CHANGE),
        "filters": filters,
        **_listed(request, filters),
        **context,
    }
    return render(request, "inbox/operator/page.html", shown)


def _listed(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    counts = unread_counts(signed_in(request))
    return {
        "counts": counts,
        "chips": quick_chips(filters, counts),
        "views": list(saved_views(signed_in(request))),
        "found": search_page(filters) if filters.q else None,
        "listed": None if filters.q else list_page(filters, signed_in(request)),
        "may_change": request.user.has_perm(CHANGE),
    }
