"""One verdict on the name of a time zone, and one reading of wall clocks when clocks change (decision 24)."""

import datetime
import zoneinfo
from functools import lru_cache

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
    offset = steady_offset(wall.year, wall.month, wall.day, zone)
    if offset is not None:
        return wall.replace(tzinfo=datetime.UTC) - offset
    return wall.replace(tzinfo=zone, fold=0).astimezone(datetime.UTC)


@lru_cache(maxsize=10_000)
def steady_offset(year: int, month: int, day: int, zone: zoneinfo.ZoneInfo) -> datetime.timedelta | None:
    """How far the zone's clocks are ahead of UTC on a day; None when they change on it."""
    midnight = datetime.datetime(year, month, day, tzinfo=zone)
    evening = midnight.replace(hour=23, minute=59, second=59, fold=1)
    return midnight.utcoffset() if midnight.utcoffset() == evening.utcoffset() else None


def why_odd(wall: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A sentence on how `to_instant` reads a time that does not exist or exists twice; "" for all others."""
    if steady_offset(wall.year, wall.month, wall.day, zone) is not None:
        return ""
    first, second = wall.replace(tzinfo=zone, fold=0).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first is None or second is None or first == second:
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
