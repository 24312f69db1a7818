"""Waking the dispatcher the moment something is queued, instead of at its next look.

Only a hint: whatever it misses, the next look finds. PostgreSQL sends a notification with the commit; SQLite counts the
changes of other connections, which is a hundred times cheaper to ask for than what is due.
"""

import logging
import time

import psycopg
from django.db import connection
from django_q.conf import Conf

logger = logging.getLogger(__name__)

CHANNEL = "gonets_work"
GLANCE_SECONDS = 0.02  # between two questions whether SQLite was changed, and between two wakings at the least
LOOK_SECONDS = 2 * Conf.POLL  # what becomes due without a change waits so long at most
DEAF_SECONDS = 10  # until listening is tried again


def wake() -> None:
    """Wake the dispatchers of all hosts when the caller's transaction is committed, once however often it is called."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


class Ear:
    """What the dispatcher listens with, in its own process."""

    def __init__(self) -> None:
        self.line: psycopg.Connection | None = None
        self.deaf_until = 0.0
        self.version = -1
        self.was_woken = False

    def wait(self) -> None:
        """Sleep until something was queued, or until it is time to look by oneself."""
        if self.was_woken:
            time.sleep(GLANCE_SECONDS)  # a flood of wakings must not become a flood of looks
        self.was_woken = self._is_notified() if connection.vendor == "postgresql" else self._sees_change()

    def _sees_change(self) -> bool:
        ends_at = time.monotonic() + LOOK_SECONDS
        while not self._has_changed():
            if time.monotonic() >= ends_at:
                return False
            time.sleep(GLANCE_SECONDS)
        return True

    def _has_changed(self) -> bool:
        connection.ensure_connection()
        version = connection.connection.execute("PRAGMA data_version").fetchone()[0]
        self.version, before = version, self.version
        return version != before

    def _is_notified(self) -> bool:
        """Raises DatabaseError when the database is away."""
        connection.ensure_connection()
        if connection.connection is not self.line and time.monotonic() >= self.deaf_until:
            self._listen()
        if connection.connection is not self.line:
            time.sleep(Conf.POLL)
            return False
        with connection.wrap_database_errors:
            return any(True for _heard in self.line.notifies(timeout=LOOK_SECONDS, stop_after=1))

    def _listen(self) -> None:
        """Once for each connection. Where a pooler forbids it, the dispatcher looks by itself."""
        try:
            connection.connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error as error:
            logger.warning("Nothing wakes the dispatcher, it looks by itself: %s", error)
            self.deaf_until = time.monotonic() + DEAF_SECONDS
        else:
            self.line = connection.connection
