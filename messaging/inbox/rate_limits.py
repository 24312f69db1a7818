"""How often one client, or one network address, may do something; it holds for all web processes together."""

import datetime

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Client

from .errors import Refusal
from .models import Turns

MINUTE = 60
HOUR = 3600
TOKENS_PER_MINUTE = 30
"""Wrong tokens from one address: guessing one takes longer than the world lasts, but it need not cost us anything."""
FORGOTTEN_AFTER = datetime.timedelta(hours=2)


def take_turn(key: str, most: int, seconds: int) -> None:
    """Count one more. Raises Refusal when there were `most` of them within so many seconds; that is not counted."""
    since = timezone.now() - datetime.timedelta(seconds=seconds)
    if Turns.objects.filter(key=key, since__gt=since, count__lt=most).update(count=F("count") + 1):
        return
    used = Turns.objects.filter(key=key).first()
    fresh = used if used is not None and used.since > since else None
    if fresh and fresh.count >= most:
        wait = min(seconds, max(1, int((fresh.since - since).total_seconds())))
        sentence = _("That is too much at once. Nothing that was sent before is lost; try again in %(wait)d seconds.")
        raise Refusal(429, "too_many", sentence % {"wait": wait}, retry_after=wait)
    if fresh or not _begin(key, used):  # somebody counted at the same moment
        take_turn(key, most, seconds)


def _begin(key: str, used: Turns | None) -> bool:
    """Count from one; False when another process did so at the same moment."""
    if used is not None:
        return bool(Turns.objects.filter(pk=used.pk, since=used.since).update(since=timezone.now(), count=1))
    Turns.objects.filter(since__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    return Turns.objects.get_or_create(key=key, defaults={"since": timezone.now()})[1]


def limit_messages(request: HttpRequest, client: Client) -> None:
    take_turn(f"client:{client.pk}", settings.CHAT_MESSAGES_PER_MINUTE, MINUTE)
    limit_posts(request)


def limit_files(client: Client, count: int) -> None:
    """Files stay on our disk, so that one client must not fill it."""
    for _file in range(count):
        take_turn(f"files:{client.pk}", settings.CHAT_FILES_PER_HOUR, HOUR)


def limit_posts(request: HttpRequest) -> None:
    take_turn(f"posts:{place_of(request)}", settings.CHAT_POSTS_PER_MINUTE, MINUTE)


def limit_feedback(request: HttpRequest) -> None:
    take_turn(f"feedback:{place_of(request)}", settings.FEEDBACK_PER_HOUR, HOUR)


def limit_guesses(request: HttpRequest) -> None:
    take_turn(f"guesses:{place_of(request)}", TOKENS_PER_MINUTE, MINUTE)


def place_of(request: HttpRequest) -> str:
    """Where a request comes from; of IPv6 the network that one customer has as a whole."""
    address = request.META.get("REMOTE_ADDR", "")
    return ":".join(address.split(":")[:4]) if ":" in address else address
