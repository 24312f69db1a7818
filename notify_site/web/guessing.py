"""Guessing passwords of many names from one network address; axes itself counts each name with each address apart."""

import contextlib
import datetime
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from messaging.inbox.errors import Refusal
from messaging.inbox.models import Turns
from messaging.inbox.rate_limits import place_of, take_turn

MOST = 30
"""Wrong passwords from one address, whoever's: an office behind one address has some of them each morning."""
WITHIN = datetime.timedelta(minutes=15)


class OneAddress:
    """Asked before the others: while an address is closed, it gets axes' page, whatever the password."""

    def authenticate(self, request: HttpRequest | None, **_credentials: Any) -> None:
        if request is None or not is_closed(request):
            return
        request.axes_locked_out = True  # type: ignore[attr-defined]  # what the middleware of axes looks for
        raise PermissionDenied


def is_closed(request: HttpRequest) -> bool:
    fresh = timezone.now() - WITHIN
    return Turns.objects.filter(key=_key(request), since__gt=fresh, count__gte=MOST).exists()


def _key(request: HttpRequest) -> str:
    return f"logins:{place_of(request)}"


@receiver(user_login_failed, dispatch_uid="one address")
def count(request: HttpRequest | None = None, **_signal: Any) -> None:
    """Tries while the address is closed are not counted, so that the quarter of an hour has an end."""
    if request is not None and not getattr(request, "axes_locked_out", False):
        with contextlib.suppress(Refusal):  # the last one that counts
            take_turn(_key(request), MOST, int(WITHIN.total_seconds()))
