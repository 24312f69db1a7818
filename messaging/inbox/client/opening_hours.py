"""When somebody answers, in the words of the client's page."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.models import Company

from ..automation.business_hours import is_open, next_opening
from ..models import ChatSettings


@dataclass(frozen=True)
class Opening:
    """While nobody is there: what is said of it by the company's clock.

    A script says it anew where the reader's clock shows another time: `opens_at` under `today`, `tomorrow` or
    `later`, in which TIME and DAY stand for the time and the day. `opens_at` is None where there are no such hours.
    """

    words: str
    opens_at: datetime.datetime | None = None
    today: str = ""
    tomorrow: str = ""
    later: str = ""


def find_opening(settings: ChatSettings, company: Company) -> Opening | None:
    """None while somebody is there."""
    now = timezone.now()
    if is_open(now, settings, company):
        return None
    opens_at = next_opening(now, settings, company)
    if opens_at is None:
        return Opening(_("Nobody is here now. Write to us: we will answer."))
    there = opens_at.astimezone(ZoneInfo(company.time_zone))
    ahead = (there.date() - now.astimezone(there.tzinfo).date()).days
    weekday = date_format(there, "l")
    day = f"{weekday if get_language() == 'en' else weekday.lower()}, {date_format(there, 'j.m')}"
    words = _sentence(ahead, time_format(there.time(), "H:i"), day)
    return Opening(words, there, *(_sentence(days, "TIME", "DAY") for days in (0, 1, 2)))


def _sentence(ahead: int, at: str, day: str) -> str:
    """`ahead`: days from today."""
    if ahead == 0:
        return _("Nobody is here now. We answer today from %(time)s.") % {"time": at}
    if ahead == 1:
        return _("Nobody is here now. We answer tomorrow from %(time)s.") % {"time": at}
    return _("Nobody is here now. We answer from %(time)s on %(day)s.") % {"day": day, "time": at}
