"""One verdict on the name of a time zone, and one reading of wall clocks when clocks change (decision 24)."""

import datetime
import zoneinfo
from functools import lru_cache, partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .reasons import NONE, Format, Reason, reasons_of


def kept_wall(wall: datetime.datetime) -> str:
    return wall.replace(tzinfo=None).isoformat()


def shown_wall(kept: str, form: str = "%d.%m.%Y %H:%M") -> str:
    """What an earlier version kept in words stays as it is."""
    return f"{datetime.datetime.fromisoformat(kept):{form}}" if "T" in kept else kept


_SAMPLE = datetime.datetime(2027, 10, 31, 2, 30)
WALL = Format(_SAMPLE, kept_wall, shown_wall)
WALL_TIME = Format(_SAMPLE, kept_wall, partial(shown_wall, form="%H:%M"))
reason = reasons_of("locations")
COMES_TWICE = reason(
    "time_comes_twice",
    _("A time comes twice, since clocks go back then."),
    _("%(time)s comes twice, since clocks go back then: the first is taken."),
    time=WALL,
)
DOES_NOT_EXIST = reason(
    "time_does_not_exist",
    _("A time does not exist, since clocks go forward then."),
    _("%(time)s does not exist, since clocks go forward then: read as %(later)s."),
    time=WALL,
    later=WALL_TIME,
)


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


def why_odd(wall: datetime.datetime, zone: zoneinfo.ZoneInfo) -> Reason:
    """How `to_instant` reads a time that does not exist or exists twice; none for all others."""
    if steady_offset(wall.year, wall.month, wall.day, zone) is not None:
        return NONE
    first, second = wall.replace(tzinfo=zone, fold=0).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first is None or second is None or first == second:
        return NONE
    if first > second:
        return COMES_TWICE(time=wall)
    return DOES_NOT_EXIST(time=wall, later=to_instant(wall, zone).astimezone(zone))
