"""Business hours: when somebody is there, by the company's clock, on both nights of the change of time too."""

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from locations.models import Company

from ..models import BusinessDay, ChatSettings
from ..models.setup import Weekday

Span = tuple[datetime.datetime, datetime.datetime]
WEEK = 7


def is_open(now: datetime.datetime, settings: ChatSettings, company: Company) -> bool:
    if not settings.has_hours:
        return True
    return any(begins <= now < ends for begins, ends in _spans(now, settings, company, days=1))


def next_opening(now: datetime.datetime, settings: ChatSettings, company: Company) -> datetime.datetime | None:
    """When somebody is there again, in the company's zone; `now` itself while open, None when there are no hours."""
    if is_open(now, settings, company):
        return now
    return next((begins for begins, _ends in _spans(now, settings, company, days=WEEK + 1) if begins > now), None)


def open_time(
    since: datetime.datetime, until: datetime.datetime, settings: ChatSettings, company: Company
) -> datetime.timedelta:
    """How much of this time somebody was there; a wait of more than a month counts as one of a month."""
    if not settings.has_hours:
        return max(until - since, datetime.timedelta())
    days = min((until - since).days + 2, 31)
    spans = _spans(since, settings, company, days=days)
    parts = (min(ends, until) - max(begins, since) for begins, ends in spans)
    return sum((part for part in parts if part > datetime.timedelta()), datetime.timedelta())


def fill_in_week(settings: ChatSettings) -> None:
    """Monday to Friday, nine to five: hours without a single day would mean that nobody is ever there."""
    nine, five = datetime.time(9), datetime.time(17)
    for weekday in (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY):
        BusinessDay.objects.create(settings=settings, weekday=weekday, opens_at=nine, closes_at=five)


def _spans(moment: datetime.datetime, settings: ChatSettings, company: Company, days: int) -> Iterator[Span]:
    """From the day before `moment` on, whose night may reach into it: each stretch in which somebody is there."""
    zone = ZoneInfo(company.time_zone)
    by_weekday = {day.weekday: day for day in settings.days.all()}
    today = moment.astimezone(zone).date()
    dates = [today + datetime.timedelta(days=number) for number in range(-1, days)]
    spans = [
        span
        for date in dates
        if date.weekday() in by_weekday
        for span in _spans_of(by_weekday[date.weekday()], date, zone)
    ]
    yield from _joined(spans)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """A night that reaches the next day's beginning, or beyond it, is one stretch with it."""
    open_one: Span | None = None
    for begins, ends in sorted(spans):
        if open_one is not None and begins <= open_one[1]:
            open_one = open_one[0], max(open_one[1], ends)
            continue
        if open_one is not None:
            yield open_one
        open_one = begins, ends
    if open_one is not None:
        yield open_one


def _spans_of(day: BusinessDay, date: datetime.date, zone: ZoneInfo) -> Iterator[Span]:
    pauses = [day.break_from, day.break_to] if day.break_from is not None and day.break_to is not None else []
    nights = {time: datetime.timedelta(days=day.is_next_day(time)) for time in pauses}
    times = [
        _moment(date, day.opens_at, zone),
        *(_moment(date + nights[time], time, zone) for time in pauses),
        _moment(date + datetime.timedelta(days=day.ends_next_day), day.closes_at, zone),
    ]
    yield from zip(times[::2], times[1::2], strict=True)


def _moment(date: datetime.date, time: datetime.time, zone: ZoneInfo) -> datetime.datetime:
    """That time on that day; one that the change of time leaves out is as much later. Compared in UTC: within one zone
    Python compares what clocks show.
    """
    there = datetime.datetime.combine(date, time, zone)
    return there.astimezone(datetime.UTC)
