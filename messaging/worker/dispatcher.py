"""Dispatcher: django-q2's broker that also looks at what is due, so that django-q runs the delayed sends and no wake-up
can be lost.

Several times a second the cluster's own pusher calls `dequeue`. Besides ordinary tasks it gets a short `drain` task as
soon as anything is due and a drain slot is free. That task has no row: if it is lost, the next look makes another.
"""

import logging
import time
import uuid

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.signing import SignedPackage

from .db_errors import in_words
from .ordinary_tasks import Package, Places
from .slots import beat, prepare_slots, take_slot
from .wakeup import Ear

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5
TOUCH_SECONDS = 1
TASKS_SECONDS = 0.4  # between two looks at ordinary tasks, which are less urgent than messages
AFTER_ERROR_SECONDS = 0.5
STUCK = 4  # drains in a row that never began or ended: the pool hangs, so show no life and let the supervisor act


class Dispatcher(ORM):
    """The ORM broker, fair in order, and with drains started straight from what is due."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self._forget()

    def __setstate__(self, state: tuple) -> None:
        super().__setstate__(state)
        self._forget()

    def _forget(self) -> None:
        self.has_slots = False
        self.next_beat = 0.0
        self.next_touch = 0.0
        self.next_tasks = 0.0
        self.places = Places()
        self.abandoned = 0
        self.ear = Ear()

    def dequeue(self) -> list[Package] | None:
        """The next tasks, or None after a short sleep. A database that is away is waited for."""
        try:
            self._show_life()
            packages = [*self._drains(), *self._tasks()]
            if not packages:
                self.ear.wait()
        except (DatabaseError, OSError) as error:
            logger.warning("%s Trying again.", in_words(error))
            connections.close_all()
            self.has_slots = False
            time.sleep(AFTER_ERROR_SECONDS)
            return None
        return packages or None

    def _show_life(self) -> None:
        now = time.monotonic()
        if now >= self.next_touch and self.abandoned < STUCK:
            (settings.DATA_DIR / "worker.beat").touch()
            self.next_touch = now + TOUCH_SECONDS
        if not self.has_slots:
            prepare_slots()
            self.has_slots = True
        if now >= self.next_beat:
            self.get_connection()  # lets go of a stale one
            beat()
            self.next_beat = now + BEAT_SECONDS

    def _drains(self) -> list[Package]:
        taken = take_slot(timezone.now())
        if taken is None:
            return []
        self.abandoned = self.abandoned + 1 if taken.was_abandoned else 0
        task = {
            "id": uuid.uuid4().hex,
            "name": "drain",
            "func": settings.DRAIN_TASK,
            "args": (taken.slot_id, str(taken.owner), taken.was_abandoned),
            "kwargs": {},
            "started": timezone.now(),
            "save": False,
        }
        return [(None, SignedPackage.dumps(task))]

    def _tasks(self) -> list[Package]:
        """Ordinary tasks, while there are places for them."""
        if time.monotonic() < self.next_tasks and not self.places.handed:
            return []
        self.next_tasks = time.monotonic() + TASKS_SECONDS
        return self.places.take(self.list_key, timezone.now())
