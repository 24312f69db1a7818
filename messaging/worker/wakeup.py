"""Waking the dispatcher the moment something is queued, instead of at its next look."""

import time

from django_q.conf import Conf

from .changes import ChangeListener, tell

CHANNEL = "gonets_work"
GLANCE_SECONDS = 0.02  # between two questions whether SQLite was changed, and between two wakings at the least
LOOK_SECONDS = 2 * Conf.POLL  # what becomes due without a change waits so long at most


def wake() -> None:
    """Wake the dispatchers of all hosts when the caller's transaction is committed, once however often it is called."""
    tell(CHANNEL)


class Ear:
    """What the dispatcher listens with, in its own process."""

    def __init__(self) -> None:
        self.changes = ChangeListener(CHANNEL, glance=GLANCE_SECONDS)
        self.was_woken = False

    def wait(self) -> None:
        """Sleep until something was queued, or until it is time to look by oneself. Raises DatabaseError."""
        if self.was_woken:
            time.sleep(GLANCE_SECONDS)  # a flood of wakings must not become a flood of looks
        self.was_woken = self.changes.wait(LOOK_SECONDS)
