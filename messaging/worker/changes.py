"""Change listener: wakes a loop the moment another connection has written, instead of at the loop's next look.

Only a hint: whatever it misses, the next look finds. PostgreSQL sends a notification with the commit; SQLite counts the
changes of other connections, which is a hundred times cheaper to ask for than what there is to do.
"""

import logging
import time

import psycopg
from django.db import connection

logger = logging.getLogger(__name__)

DEAF_SECONDS = 10  # until listening is tried again where it was refused


def tell(channel: str) -> None:
    """Wake all hosts' listeners when the caller's transaction is committed, once however often it is called."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {channel}")


class ChangeListener:
    """What one loop listens with, in its own thread and on its own connection. All calls raise DatabaseError when the
    database is away; a new connection is listened to by itself.
    """

    def __init__(self, channel: str, *, glance: float) -> None:
        """`glance`: seconds between two questions whether SQLite was changed."""
        self.channel = channel
        self.glance = glance
        self.line: psycopg.Connection | None = None
        self.deaf_until = 0.0
        self.version = -1

    def listen(self) -> None:
        """From here on a change ends the next `wait`: what was there before is looked for after this."""
        if connection.vendor != "postgresql":
            return
        connection.ensure_connection()
        if connection.connection is not self.line and time.monotonic() >= self.deaf_until:
            with connection.wrap_database_errors:
                self._ask_to_be_told(connection.connection)

    def wait(self, seconds: float) -> bool:
        """Sleep until something was changed, or so long at most; whether it was."""
        self.listen()
        with connection.wrap_database_errors:
            return self._is_told(seconds) if connection.vendor == "postgresql" else self._sees_change(seconds)

    def _ask_to_be_told(self, line: psycopg.Connection) -> None:
        """Once for each connection. Where a pooler forbids it, the loop looks by itself."""
        try:
            line.execute(f"LISTEN {self.channel}")
        except psycopg.Error as error:
            if line.closed:
                raise
            logger.warning("Nothing wakes who waits for %s, it looks by itself: %s", self.channel, error)
            self.deaf_until = time.monotonic() + DEAF_SECONDS
        else:
            self.line = line

    def _is_told(self, seconds: float) -> bool:
        if self.line is None or connection.connection is not self.line:
            time.sleep(seconds / 2)  # nothing can end it sooner
            return False
        return any(True for _told in self.line.notifies(timeout=seconds, stop_after=1))

    def _sees_change(self, seconds: float) -> bool:
        ends_at = time.monotonic() + seconds
        while not self._has_changed():
            if time.monotonic() >= ends_at:
                return False
            time.sleep(self.glance)
        return True

    def _has_changed(self) -> bool:
        connection.ensure_connection()
        version = connection.connection.execute("PRAGMA data_version").fetchone()[0]
        self.version, before = version, self.version
        return version != before
