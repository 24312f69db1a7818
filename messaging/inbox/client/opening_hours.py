"""When somebody answers, in the words of the client's page."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.models import Account

from ..automation.business_hours import is_open, next_opening
from ..models import ChatSettings


def opening_words(settings: ChatSettings, account: Account) -> str:
    """ "" while somebody is there; else when they answer, by the company's clock."""
    now = timezone.now()
    if is_open(now, settings, account):
        return ""
    opens_at = next_opening(now, settings, account)
    if opens_at is None:
        return _("Nobody is here now. Write to us: we will answer.")
    there = opens_at.astimezone(ZoneInfo(account.time_zone))
    at = time_format(there.time(), "H:i")
    ahead = (there.date() - now.astimezone(there.tzinfo).date()).days
    if ahead == 0:
        return _("Nobody is here now. We answer today from %(time)s.") % {"time": at}
    if ahead == 1:
        return _("Nobody is here now. We answer tomorrow from %(time)s.") % {"time": at}
    weekday = date_format(there, "l")
    day = f"{weekday if get_language() == 'en' else weekday.lower()}, {date_format(there, 'j.m')}"
    return _("Nobody is here now. We answer from %(time)s on %(day)s.") % {"day": day, "time": at}
