"""How states and times look on every page, in Python: a template for each in each row of a list costs half the page."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS_3, MONTHS_ALT, WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ..values.days import dated, is_declined
from ..values.phones import mask_phone

MINUTE = datetime.timedelta(minutes=1)
SHORTLY = datetime.timedelta(hours=2)


def badge(word: Any, tone: str = "grey", title: Any = "") -> SafeString:
    """A state by colour and word; tones: grey, blue, green, amber, red."""
    if title:
        return format_html('<span class="g-badge g-{}" title="{}">{}</span>', tone, title, word)
    return format_html('<span class="g-badge g-{}">{}</span>', tone, word)


def moment(at: datetime.datetime | None) -> SafeString:
    """A time as people say it, exact on hover."""
    if not at:
        return mark_safe("–")
    there = timezone.localtime(at)
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(), exact(there), spoken(at))


def exact(there: datetime.datetime) -> str:
    """`Tue 3 Nov 2026 14:02:00 CET`: `dated` by "D j M Y H:i:s T", which takes five times as long."""
    month = MONTHS_ALT[there.month] if is_declined() else str(MONTHS_3[there.month]).title()
    return f"{WEEKDAYS_ABBR[there.weekday()]} {there.day} {month} {there.year} {there:%H:%M:%S} {there.tzname()}"


def spoken(at: datetime.datetime, now: datetime.datetime | None = None) -> str:
    """`in 25 min, 14:30` · `12 min ago, 14:02` · `yesterday 14:02` · `3 Nov 14:02`, in the viewer's zone."""
    now = now or timezone.now()
    there = timezone.localtime(at)
    here = now.astimezone(there.tzinfo)
    clock = f"{there:%H:%M}"
    apart = at - now
    minutes = round(abs(apart) / MINUTE)
    if abs(apart) < SHORTLY:
        if minutes == 0:
            return _("now, %(clock)s") % {"clock": clock}
        words = _("in %(minutes)d min, %(clock)s") if apart > MINUTE * 0 else _("%(minutes)d min ago, %(clock)s")
        return words % {"minutes": minutes, "clock": clock}
    days = (there.date() - here.date()).days
    if days == 0:
        return clock
    if days in {-1, 1}:
        return (_("yesterday %(clock)s") if days < 0 else _("tomorrow %(clock)s")) % {"clock": clock}
    return dated(there, "j M H:i" if there.year == here.year else "j M Y H:i")


def shortened(text: str, length: int) -> str:
    """The text, cut with an ellipsis when it is longer than so many characters."""
    return text if len(text) <= length else Truncator(text).chars(length)


def masked(to: str) -> str:
    """A phone number as lists show it; an e-mail address as it is."""
    return mask_phone(to) if to.startswith("+") else to
