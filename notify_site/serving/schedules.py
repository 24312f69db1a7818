"""Periodic jobs: each is one line in the setting PERIODIC_JOBS, put into django-q2's timetable after every migrate."""

import datetime
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django_q.models import Schedule

PREFIX = "gonets: "
FIRST_RUN = datetime.timedelta(minutes=1)


def put_into_timetable(using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Make, correct and remove our rows; the times of those that are there already stay."""
    if Schedule._meta.db_table not in connections[using].introspection.table_names():
        return  # one app alone was migrated, on an empty database
    wanted = {PREFIX + name: job for name, job in settings.PERIODIC_JOBS.items()}
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=wanted).delete()
    for name, (function, minutes) in wanted.items():
        Schedule.objects.update_or_create(
            name=name,
            defaults={"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "repeats": -1},
            create_defaults={
                "func": function,
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "repeats": -1,
                "next_run": timezone.now() + FIRST_RUN,
            },
        )
