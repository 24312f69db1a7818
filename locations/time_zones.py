"""One verdict on the name of a time zone, and one reading of wall clocks when clocks change (decision 24)."""

import datetime
import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone; write one like Europe/Warsaw."), params={"value": value}
        )


def to_instant(wall: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """The instant, in UTC, of a time on the clocks of a zone.

    One that exists twice is the first of the two; one that clocks pass over is as much later.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(datetime.UTC)


def why_odd(wall: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A sentence on how `to_instant` reads a time that does not exist or exists twice; "" for all others."""
    first, second = wall.replace(tzinfo=zone, fold=0).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first == second:
        return ""
    if first > second:
        return _now("%(time)s comes twice, since clocks go back then: the first is taken.") % {
            "time": f"{wall:%d.%m.%Y %H:%M}"
        }
    later = to_instant(wall, zone).astimezone(zone)
    return _now("%(time)s does not exist, since clocks go forward then: read as %(later)s.") % {
        "time": f"{wall:%d.%m.%Y %H:%M}",
        "later": f"{later:%H:%M}",
    }
