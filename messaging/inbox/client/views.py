"""The client's page: it works as plain forms, and live where scripts run."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locations.errors import CannotDo

from ..attachments.attachments import MEGABYTE
from ..automation.rating import can_rate, rate
from ..errors import Refusal
from ..lines.telegram_links import telegram_link
from ..live.log import newest_event_id
from ..models import LONGEST_TEXT
from ..rate_limits import limit_posts
from .feedback import FeedbackForm, take_feedback
from .greeting import greet, is_preview
from .headers import for_client, shown
from .opening_hours import find_opening
from .presenters import NEWEST_ID, bubbles, count_unread, mark_seen, messages_after, messages_before
from .sending import read_form, write
from .visit import Visit, client_page

THANKS = "thanks"


@for_client
def enter(request: HttpRequest) -> HttpResponseBase:
    """/chat/: a stranger's feedback form; with ?token= the page of whom the shop's token names."""
    token = request.GET.get("token", "")
    if token and "/" not in token:
        return redirect("chat:page", token)
    return feedback(request)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def feedback(visit: Visit) -> HttpResponse:
    return show_feedback(visit)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def page(visit: Visit) -> HttpResponse:
    """The chat; while it is switched off the feedback form stands in its place (D2)."""
    if visit.is_script:
        visit.must_chat()  # a page that was opened before the chat was switched off
    if not visit.is_chat:
        return show_feedback(visit)
    if visit.request.method == "POST":
        return send(visit)
    return show_chat(visit)


def send(visit: Visit) -> HttpResponse:
    """A page without scripts comes back with what was sent; or with the words, and why they were not taken."""
    text = ""
    try:
        fields, files = read_form(visit.request)
        text = fields.get("text", "")
        write(visit, text, fields.get("once", ""), files)
    except Refusal as refusal:
        if visit.is_script:
            raise
        return show_chat(visit, text=text[:LONGEST_TEXT], refusal=refusal)
    if visit.is_script:
        return show_messages(visit, fields.get("after", ""))
    return HttpResponseRedirect(reverse("chat:page", args=[visit.token]), status=303)


def show_chat(visit: Visit, text: str = "", refusal: Refusal | None = None) -> HttpResponse:
    last_event = newest_event_id()  # before the messages: what comes meanwhile is told, at worst twice
    conversation = visit.conversation
    greeting = greet(visit.request, conversation, visit.settings)
    before = number(visit.request.GET.get("before", "")) or NEWEST_ID
    found, has_earlier = messages_before(conversation, before)
    if before == NEWEST_ID and not is_preview(visit.request):
        mark_seen(conversation, conversation.newest_id)
    context = {
        **thread(visit, found),
        "has_earlier": has_earlier,
        "is_newest": before == NEWEST_ID,
        "greeting": greeting,
        "telegram": telegram_link(visit.guest),
        "opening": find_opening(visit.settings, visit.company),
        "once": secrets.token_urlsafe(16),
        "text": text,
        "refusal": refusal,
        "last_event": last_event,
        "longest": LONGEST_TEXT,
        "most_bytes": settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE,
        "too_large": _("A file may have %d MB at most.") % settings.ATTACHMENT_MAX_MEGABYTES,
    }
    return shown("inbox/client/page.html", context, refusal)


def thread(visit: Visit, messages: list[Any]) -> dict[str, Any]:
    conversation = visit.conversation
    return {
        "visit": visit,
        "bubbles": bubbles(messages, conversation, visit.token),
        "seen": conversation.read_up_to,
        "asks_rating": can_rate(conversation, visit.settings),
    }


@require_safe
@client_page
def messages(visit: Visit) -> HttpResponse:
    """?after= the newest id that the page has, or ?before= the oldest one."""
    visit.must_chat()
    before = number(visit.request.GET.get("before", ""))
    if not before:
        return show_messages(visit, visit.request.GET.get("after", ""))
    found, has_earlier = messages_before(visit.conversation, before)
    context = {**thread(visit, found), "has_earlier": has_earlier}
    return shown("inbox/client/messages.html", context)


def show_messages(visit: Visit, after: str) -> HttpResponse:
    visit.conversation.refresh_from_db()
    context = thread(visit, messages_after(visit.conversation, number(after)))
    return shown("inbox/client/messages.html", context)


@require_POST
@client_page
def read(visit: Visit) -> HttpResponse:
    """The page was seen up to the message `seen`."""
    visit.must_chat()
    limit_posts(visit.request)
    mark_seen(visit.conversation, number(visit.request.POST.get("seen", "")))
    return JsonResponse({"unread": count_unread(visit.conversation)})


@require_safe
@client_page
def badge(visit: Visit) -> HttpResponse:
    """What the widget keeps in its frame until it is opened: how much is unread, and nothing else."""
    count = count_unread(visit.conversation) if visit.is_chat and hasattr(visit.client, "conversation") else 0
    if visit.is_script:
        return JsonResponse({"unread": count})
    return shown("inbox/client/badge.html", {"visit": visit, "unread": count})


@require_POST
@client_page
def give_rating(visit: Visit) -> HttpResponse:
    visit.must_chat()
    limit_posts(visit.request)
    try:
        rate(visit.conversation, number(visit.request.POST.get("rating", "")), visit.settings)
    except CannotDo as error:
        raise Refusal(422, "bad_rating", str(error)) from error
    if visit.is_script:
        return show_messages(visit, visit.request.POST.get("after", ""))
    return HttpResponseRedirect(reverse("chat:page", args=[visit.token]), status=303)


def show_feedback(visit: Visit) -> HttpResponse:
    """The empty form, what is wrong with the filled one, or the thanks."""
    form = FeedbackForm(is_known=visit.client is not None)
    is_thanks, status = visit.request.GET.get(THANKS) == "1", 200
    refusal: Refusal | None = None
    if visit.request.method == "POST":
        try:
            fields, _files = read_form(visit.request)
            form = FeedbackForm(fields, is_known=visit.client is not None)
            if form.is_valid():
                take_feedback(visit, form)
                return HttpResponseRedirect(f"{visit.request.path}?{THANKS}=1", status=303)
            status = 422
        except Refusal as refused:
            refusal = refused
    context = {"visit": visit, "form": form, "is_thanks": is_thanks, "refusal": refusal}
    return shown("inbox/client/feedback.html", context, refusal, status)


def number(words: str) -> int:
    """0 for what is no id."""
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 19 else 0
