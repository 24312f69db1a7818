"""Read, unread, assigned, snoozed, closed: the buttons above a thread, and "Mark all read" (D23, D24)."""

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from .. import marks
from ..models import SavedView
from .doors import CHANGE, changes, done, find, number
from .filters import Filters

EVENING, MORNING = datetime.time(18), datetime.time(9)
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@changes
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    """`seen`: the newest message that was on the screen; what came meanwhile stays unread."""
    marks.mark_read(find(pk), number(request.POST.get("seen")))
    return done()


@changes
def mark_unread(_request: HttpRequest, pk: int) -> HttpResponse:
    marks.mark_unread(find(pk))
    return done()


@changes
def mark_all_read(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"count": marks.mark_all_read()})


@changes
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """`to`: an operator's id; empty takes the assignment away."""
    chosen = request.POST.get("to", "")
    to = operators().filter(pk=number(chosen)).first() if chosen else None
    if chosen and to is None:
        raise ValueError(_("This colleague does not answer in the chat."))
    marks.assign(find(pk), to)
    return done()


@changes
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    marks.snooze(find(pk), wake_time(request.POST.get("until", ""), timezone.localtime()))
    return done()


@changes
def close(_request: HttpRequest, pk: int) -> HttpResponse:
    marks.close(find(pk))
    return done()


@changes
def block(_request: HttpRequest, pk: int) -> HttpResponse:
    marks.block(find(pk))
    return done()


@changes
def reopen(_request: HttpRequest, pk: int) -> HttpResponse:
    marks.reopen(find(pk))
    return done()


@changes
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name; the same name again is the newer list."""
    name = request.POST.get("name", "").strip()[:60]
    if not name:
        raise ValueError(_("Give the view a name."))
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
    """`hour`, `evening`, `morning`, or a local date and time. Raises ValueError, in a sentence."""
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
        raise ValueError(_("Choose a day and a time."))
    aware = timezone.make_aware(chosen, now.tzinfo) if timezone.is_naive(chosen) else chosen
    if aware <= now:
        raise ValueError(_("Choose a moment ahead."))
    return aware


def is_before_evening(now: datetime.datetime) -> bool:
    return now.time() < datetime.time(17, 30)
