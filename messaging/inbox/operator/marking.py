"""Read, unread, assigned, snoozed, closed: the buttons above a thread, and "Mark all read" (D23, D24)."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from locations.errors import CannotDo

from ..conversations import state, undoing
from ..conversations.undoing import Before, sealed
from ..conversations.writing import Overtaken
from ..models import SavedView
from .decorators import CHANGE, changes, done, find, number, refuse
from .filters import Filters

EVENING, MORNING = datetime.time(18), datetime.time(9)
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@changes
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    """`seen`: the newest message that was on the screen; what came meanwhile stays unread."""
    state.mark_read(find(pk), number(request.POST.get("seen")))
    return done()


@changes
def mark_unread(_request: HttpRequest, pk: int) -> HttpResponse:
    state.mark_unread(find(pk))
    return done()


@changes
def mark_all_read(request: HttpRequest) -> HttpResponse:
    before = state.mark_all_read()
    return JsonResponse({"count": len(before), "undo": sealed(request.user, before)})


@changes
def undo(request: HttpRequest) -> HttpResponse:
    """`what`: as the answer to a press gave it."""
    undoing.undo(request.user, request.POST.get("what", ""))
    return done()


@changes
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """`to`: an operator's id; empty takes the assignment away."""
    chosen = request.POST.get("to", "")
    to = operators().filter(pk=number(chosen)).first() if chosen else None
    if chosen and to is None:
        raise CannotDo(_("This colleague does not answer in the chat."))
    state.assign(find(pk), to)
    return done()


@changes
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    until = wake_time(request.POST.get("until", ""), timezone.localtime())
    return undoable(request, lambda: state.snooze(find(pk), until, seen_by(request)))


@changes
def close(request: HttpRequest, pk: int) -> HttpResponse:
    return undoable(request, lambda: state.close(find(pk), seen_by(request)))


@changes
def block(request: HttpRequest, pk: int) -> HttpResponse:
    return undoable(request, lambda: state.block(find(pk)))


def undoable(request: HttpRequest, act: Callable[[], Before]) -> HttpResponse:
    """Answers with what takes it back; 409 when the client has written what is not on the screen yet."""
    try:
        before = act()
    except Overtaken:
        return refuse(_("A new message has come. Read it first."), status=409)
    return JsonResponse({"undo": sealed(request.user, [before])})


def seen_by(request: HttpRequest) -> int | None:
    """The newest message on the page; None from a page that does not say."""
    return number(request.POST["seen"]) if "seen" in request.POST else None


@changes
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return undoable(request, lambda: state.reopen(find(pk)))


@changes
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name; the same name again is the newer list."""
    name = request.POST.get("name", "").strip()[:60]
    if not name:
        raise CannotDo(_("Give the view a name."))
    filters = Filters.read(request.GET)
    SavedView.objects.update_or_create(owner=request.user, name=name, defaults={"query": filters.query(q="")})
    return done()


@changes
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    SavedView.objects.filter(owner=request.user, pk=pk).delete()
    return done()


def operators() -> QuerySet[Any]:
    """Who may answer in the chat."""
    return get_user_model().objects.with_perm(CHANGE, backend=MODEL_BACKEND).order_by("first_name", "username")


def colleagues(user: AbstractBaseUser) -> list[Any]:
    """Whom one may give a conversation to, oneself apart."""
    return [one for one in operators()[:100] if one.pk != user.pk]


def wake_time(wanted: str, now: datetime.datetime) -> datetime.datetime:
    """`hour`, `evening`, `morning`, or a local date and time. Raises CannotDo."""
    if wanted == "hour":
        return now + datetime.timedelta(hours=1)
    if wanted == "evening" and is_before_evening(now):
        return timezone.make_aware(datetime.datetime.combine(now.date(), EVENING), now.tzinfo)
    if wanted == "morning":
        tomorrow = now.date() + datetime.timedelta(days=1)
        return timezone.make_aware(datetime.datetime.combine(tomorrow, MORNING), now.tzinfo)
    try:
        chosen = parse_datetime(wanted)
    except ValueError:  # 31 February
        chosen = None
    if chosen is None:
        raise CannotDo(_("Choose a day and a time."))
    aware = timezone.make_aware(chosen, now.tzinfo) if timezone.is_naive(chosen) else chosen
    if aware <= now:
        raise CannotDo(_("Choose a moment ahead."))
    return aware


def is_before_evening(now: datetime.datetime) -> bool:
    return now.time() < datetime.time(17, 30)
