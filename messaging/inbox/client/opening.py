"""Whether somebody is there now, and when next, by the company's clock."""

import datetime
import zoneinfo
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from locations.models import Account

from ..models import BusinessDay, ChatSettings


@dataclass(frozen=True)
class Opening:
    """`opens_at`: when somebody comes next; None while somebody is there, and when nobody ever comes."""

    is_open: bool
    opens_at: datetime.datetime | None = None


def opening(settings: ChatSettings, account: Account) -> Opening:
    if not settings.has_hours:
        return Opening(True)
    now = timezone.now().astimezone(zoneinfo.ZoneInfo(account.time_zone))
    days = {day.weekday: day for day in settings.days.all()}
    starts: list[datetime.datetime] = []
    for ahead in range(8):
        date = now.date() + datetime.timedelta(days=ahead)
        for begins, ends in _stretches(days.get(date.weekday())):
            start = datetime.datetime.combine(date, begins, now.tzinfo)
            if start <= now < datetime.datetime.combine(date, ends, now.tzinfo):
                return Opening(True)
            if start > now:
                starts.append(start)
    return Opening(False, min(starts, default=None))


def _stretches(day: BusinessDay | None) -> list[tuple[datetime.time, datetime.time]]:
    if day is None:
        return []
    if day.break_from is None or day.break_to is None:
        return [(day.opens_at, day.closes_at)]
    return [(day.opens_at, day.break_from), (day.break_to, day.closes_at)]


def opening_words(settings: ChatSettings, account: Account) -> str:
    """ "" while somebody is there; else when they answer, in the client's language."""
    found = opening(settings, account)
    if found.is_open:
        return ""
    if found.opens_at is None:
        return _("Nobody is here now. Write to us: we will answer.")
    at = time_format(found.opens_at.time(), "H:i")
    today = timezone.now().astimezone(found.opens_at.tzinfo).date()
    ahead = (found.opens_at.date() - today).days
    if ahead == 0:
        return _("Nobody is here now. We answer today from %(time)s.") % {"time": at}
    if ahead == 1:
        return _("Nobody is here now. We answer tomorrow from %(time)s.") % {"time": at}
    day = date_format(found.opens_at, "l, j E") if ahead < 7 else date_format(found.opens_at, "j E")
    return _("Nobody is here now. We answer on %(day)s from %(time)s.") % {"day": day, "time": at}
