"""What stands on every page of the admin while something is wrong that everybody who works here should know."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.lists.paging import capped_counts
from locations.models import Company
from messaging.gateways.models import Gateway, HookEvent
from messaging.gateways.polling import STILL, is_standing_still
from messaging.inbox.automation.unanswered import unanswered
from messaging.inbox.live.log import unread_conversations
from messaging.worker.models import DrainSlot

from .serving.health import SILENCE, full_disks, silence_of

MOST = 3  # banners of one kind
MOST_TROUBLED = 50
CAP = 99  # of what is counted; more than that is "99+"


@dataclass(frozen=True)
class Banner:
    """A sentence across the page. `tone` is red or amber; `url` is empty for those who can do nothing about it."""

    tone: str
    sentence: str
    url: str = ""
    verb: str = ""


@dataclass(frozen=True)
class Counts:
    """How many there are of what the frame shows, at most `CAP` + 1 of each."""

    beats: int
    troubled: int
    stopped: int
    unanswered: int
    unclear: int
    unread: int


def banners(request: HttpRequest) -> dict[str, object]:
    """For templates: `banners` and `unread_chats`, read when a page really shows them, and only for staff."""
    user = getattr(request, "user", None)
    if user is None or not user.is_staff:
        return {"banners": []}
    now = timezone.now()
    counts: Any = SimpleLazyObject(lambda: count_all(now))
    return {
        "banners": SimpleLazyObject(lambda: current_banners(request, counts, now)),
        "unread_chats": SimpleLazyObject(lambda: counts.unread),
    }


def count_all(now: datetime.datetime) -> Counts:
    """All in one statement, since every page asks."""
    asked = {
        "beats": DrainSlot.objects.filter(beat_at__gte=now - SILENCE),
        "troubled": _troubled(now),
        "stopped": Company.objects.filter(is_sending_stopped=True),
        "unanswered": unanswered(),
        "unclear": HookEvent.objects.filter(is_unclear=True),
        "unread": unread_conversations(),
    }
    return Counts(**dict(zip(asked, capped_counts(list(asked.values()), CAP), strict=True)))


def current_banners(request: HttpRequest, counts: Counts, now: datetime.datetime) -> list[Banner]:
    """The worst first. A second query only when something is wrong with a gateway."""
    of_worker = _worker(counts)
    troubled = list(_troubled(now).defer("credentials", "poll_cursor")[:MOST_TROUBLED]) if counts.troubled else []
    silent = [] if of_worker else [one for one in troubled if is_standing_still(one, now)]
    paused = [one for one in troubled if one.paused_at is not None]
    poor = [one for one in troubled if one.is_balance_low]
    return [
        *_disk(),
        *of_worker,
        *_silent(request, silent[:MOST], now),
        *_stopped(request, counts),
        *_paused(request, paused[:MOST]),
        *_low(request, sorted(poor, key=lambda one: one.balance or 0)[:MOST]),
        *_unanswered(request, counts),
        *_unclear(request, counts),
    ]


def _disk() -> list[Banner]:
    """The same sentence as in /healthz."""
    return [Banner("red", sentence) for sentence in full_disks()]


def _worker(counts: Counts) -> list[Banner]:
    if counts.beats:
        return []
    return [
        Banner("red", _("The worker is not running: no message leaves. What is due waits and goes when it is back."))
    ]


def _troubled(now: datetime.datetime) -> QuerySet[Gateway]:
    """Gateways that stand still in one way or another, or are about to."""
    wrong = Q(paused_at__isnull=False) | Q(balance__lte=0) | Q(balance__lt=F("low_balance"))
    silent = Q(poll_at__isnull=False, polled_at__lt=now - STILL)
    return Gateway.objects.filter(wrong | silent, is_on=True)


def _silent(request: HttpRequest, gateways: list[Gateway], now: datetime.datetime) -> list[Banner]:
    """The same sentences as in /healthz."""
    may_change = request.user.has_perm("gateways.change_gateway")
    return [
        Banner(
            "red",
            silence_of(gateway, now),
            _address("admin:gateways_gateway_change", gateway.pk) if may_change else "",
            _("Look at it"),
        )
        for gateway in gateways
    ]


def _stopped(request: HttpRequest, counts: Counts) -> list[Banner]:
    if not counts.stopped:
        return []
    sentence = _("All sending is stopped: messages wait until it is switched on again.")
    url = _address("admin:locations_company_changelist") if request.user.has_perm("locations.change_company") else ""
    return [Banner("amber", sentence, url, _("Company settings"))]


def _paused(request: HttpRequest, gateways: list[Gateway]) -> list[Banner]:
    may_change = request.user.has_perm("gateways.change_gateway")
    return [
        Banner(
            "amber",
            _("The gateway “%(name)s” is paused. %(reason)s") % {"name": gateway.name, "reason": gateway.pause_reason},
            _address("admin:gateways_gateway_change", gateway.pk) if may_change else "",
            _("Look at it"),
        )
        for gateway in gateways
    ]


def _low(request: HttpRequest, gateways: list[Gateway]) -> list[Banner]:
    may_change = request.user.has_perm("gateways.change_gateway")
    empty = _("The account of the gateway “%(name)s” is empty: the provider takes no more messages.")
    low = _("The account of the gateway “%(name)s” runs low: %(left)s left.")
    return [
        Banner(
            "red" if gateway.balance <= 0 else "amber",
            (empty if gateway.balance <= 0 else low)
            % {"name": gateway.name, "left": f"{number_format(gateway.balance, 2)} {gateway.balance_currency}"},
            _address("admin:gateways_gateway_change", gateway.pk) if may_change else "",
            _("Look at it"),
        )
        for gateway in gateways
        if gateway.balance is not None
    ]


def _unanswered(request: HttpRequest, counts: Counts) -> list[Banner]:
    """Clients wait and nobody answers."""
    count = counts.unanswered
    if not count or not request.user.has_perm("inbox.view_conversation"):
        return []
    words = ngettext("%d client waits for an answer too long.", "%d clients wait for an answer too long.", count)
    return [Banner("red", words % count, _address("inbox:list"), _("Open the chat"))]


def _unclear(request: HttpRequest, counts: Counts) -> list[Banner]:
    """What providers told us and we could not use."""
    count = counts.unclear
    if not count or not request.user.has_perm("gateways.view_hookevent"):
        return []
    words = ngettext("%d call of a provider was not understood.", "%d calls of providers were not understood.", count)
    url = _address("admin:gateways_hookevent_changelist")
    return [Banner("amber", words % count, url, _("Look at them"))]


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
