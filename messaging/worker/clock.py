"""The database's own time, for what several hosts must agree on: leases, slots, rates.

Business times (due, expiry) compare with the application's clock instead, so that tests can move it.
"""

import datetime
import time

from django.db import connection
from django.db.models import Q

ASK_SECONDS = 5
AHEAD = datetime.timedelta(minutes=1)
"""A lease that reaches further than this was written before the clock was set back, and counts as over."""
_known: dict[str, tuple[float, datetime.datetime]] = {}  # by database: what it said, and when by the monotonic clock


def database_now() -> datetime.datetime:
    """Aware UTC. SQLite has no clock of its own and serves one host, whose clock it is."""
    if connection.vendor != "postgresql":
        return datetime.datetime.now(datetime.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def about_database_now() -> datetime.datetime:
    """The same without asking each time: for a look that is followed by an exact question before anything is done."""
    if connection.vendor != "postgresql":
        return database_now()
    name, now = connection.settings_dict["NAME"], time.monotonic()
    if name not in _known or now - _known[name][0] >= ASK_SECONDS:
        _known[name] = now, database_now()
    asked_at, said = _known[name]
    return said + datetime.timedelta(seconds=now - asked_at)


def is_over(field: str, leases_now: datetime.datetime) -> Q:
    """The moment in `field` has passed, or was never right."""
    return Q(**{f"{field}__lte": leases_now}) | Q(**{f"{field}__gt": leases_now + AHEAD})
