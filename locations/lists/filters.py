"""Filters of lists that Django's and unfold's own do not have."""

import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import RangeDateFilter


class DayRangeFilter(RangeDateFilter):
    """From one day to another, both whole: the last day counts to its end, in the company's time zone."""

    def queryset(self, _request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """All rows where a day was mistyped: the field still shows what was written."""
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": first})
        if last:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": last + datetime.timedelta(days=1)})
        return queryset

    def _day(self, end: str) -> datetime.datetime | None:
        """Midnight of the day given for this end; None for none, and for one outside what calendars are kept for."""
        try:
            day = parse_date(str(self.used_parameters.get(f"{self.parameter_name}_{end}", "")))
        except ValueError:
            return None
        if day is None or not 1900 <= day.year < 2200:
            return None
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
