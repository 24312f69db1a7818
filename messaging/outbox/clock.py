"""The database's own time, for what several hosts must agree on: leases, slots, rates.

Business times (due, expiry) compare with the application's clock instead, so that tests can move it.
"""

import datetime

from django.db import connection


def database_now() -> datetime.datetime:
    """Aware UTC. SQLite has no clock of its own and serves one host, whose clock it is."""
    if connection.vendor != "postgresql":
        return datetime.datetime.now(datetime.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
