"""Ordinary tasks (imports, fetching letters, retention): whose turn it is, and what becomes of one that failed.

There are two sides, so that neither waits for the other: tasks that mostly wait for somebody's server (asking for
letters, fetching a photo), and tasks that work (imports, what is removed daily). On each side the kind that was begun
longest ago comes first, and of a kind the oldest: nobody's hundred tasks stand before another's one.
"""

import datetime
import itertools
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.utils import get_func_repr

from .task_claims import Unopened, hand_out, open_task

LOOKED_AT = 200  # the oldest waiting tasks, whose kinds are compared
AGAIN_AFTER = (10, 60)  # seconds after the first failure and after the second; the third is the last (`max_attempts`)
SPARE_SECONDS = 10  # besides a task's own time: after both together its worker is done with it, or was killed

Package = tuple[int, str]


@dataclass(frozen=True)
class Handed:
    """A task that a worker of this host was given. `lock`: how its row is marked as taken."""

    pk: int
    lock: datetime.datetime
    at: datetime.datetime
    waits: bool


class Places:
    """Where ordinary tasks run: on so many workers that one is left for messages, with many workers two."""

    def __init__(self) -> None:
        self.handed: list[Handed] = []
        self.turns = itertools.count(1)
        self.begun: dict[str, int] = {}

    def take(self, key: str, now: datetime.datetime) -> list[Package]:
        """Hands out what there is a place for; (task, what the worker gets) for each."""
        self._forget_what_ended(now)
        if not (self._has_room(waits=True) or self._has_room(waits=False)):
            return []
        rows = list(OrmQ.objects.filter(key=key, lock__lte=now).order_by("lock", "pk")[:LOOKED_AT])
        return self._choose({row: kind_of(row) for row in rows}, now)

    def _choose(self, kinds: dict[OrmQ, str], now: datetime.datetime) -> list[Package]:
        packages = []
        while fitting := [row for row, kind in kinds.items() if self._has_room(waits_for_others(kind))]:
            row = min(
                fitting, key=lambda one: self.begun.get(kinds[one], 0)
            )  # of a kind the first, which is the oldest
            kind = kinds.pop(row)
            lock = now + datetime.timedelta(seconds=Conf.RETRY)
            if payload := hand_out(row, lock):
                packages.append((row.pk, payload))
                self.handed.append(Handed(row.pk, lock, now, waits_for_others(kind)))
                self.begun[kind] = next(self.turns)
        return packages

    def _has_room(self, waits: bool) -> bool:
        of_side = sum(one.waits is waits for one in self.handed)
        return of_side < max(1, (Conf.WORKERS - 2) // 2) and len(self.handed) < max(1, Conf.WORKERS - 1)

    def _forget_what_ended(self, now: datetime.datetime) -> None:
        """A task that succeeded has no row any more; one that failed, or that another host took, has another lock."""
        if not self.handed:
            return
        locks = dict(OrmQ.objects.filter(pk__in=[one.pk for one in self.handed]).values_list("pk", "lock"))
        longest = datetime.timedelta(seconds=(Conf.TIMEOUT or Conf.RETRY) + SPARE_SECONDS)
        self.handed = [one for one in self.handed if locks.get(one.pk) == one.lock and now - one.at < longest]


def kind_of(row: OrmQ) -> str:
    """The function's dotted name; "" for what cannot be opened."""
    try:
        task = open_task(row)
    except Unopened:
        return ""
    return get_func_repr(task["func"]) if task else ""


def waits_for_others(kind: str) -> bool:
    return kind in settings.WAITING_TASKS


def give_back(task: dict, **_signal: object) -> None:
    """After each task, in the cluster's monitor: a failed one gives its place back now and is tried again soon."""
    taken = task.get("taken")
    if task["success"] or taken is None:
        return
    pk, lock = taken
    again = timezone.now() + datetime.timedelta(seconds=AGAIN_AFTER[min(task["claims"], len(AGAIN_AFTER)) - 1])
    OrmQ.objects.filter(pk=pk, lock=lock).update(lock=again)
