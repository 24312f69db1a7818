"""Work sources: what there is to do, as the rooms above register it, and taking its rows one by one."""

import datetime
import functools
import logging
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from .db_errors import in_words

logger = logging.getLogger(__name__)

MOST_CLAIMS = 3
LEFT_FOR = datetime.timedelta(seconds=10)  # after a row was begun alone: longer than most trouble around it lasts
GIVEN_UP = "The program failed or ended three times while working on it, so it is given up; the log has the details."
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class WorkSource:
    """One kind of work. `due(now)`: the rows to be done, asked for many times a second, so an index must answer it, and
    depending on nothing else that changes, since the dispatcher compiles it once.
    `work(now)`: does a limited number of them in short transactions of its own; returns how many.
    `work_alone(now)`: does a single one, having counted in its row that it was begun (see `claim_alone`). It is called
    after a worker died, until that is explained: one row that kills each worker must not stop all the others.
    From then on `due` and `work` leave that row out (see `is_free` and `unsuspected`), and it is tried alone only.
    `waits_while_stopped`: not asked at all while all sending is stopped, however much is due.
    """

    name: str
    due: Callable[[datetime.datetime], QuerySet]
    work: Callable[[datetime.datetime], int]
    work_alone: Callable[[datetime.datetime], int] | None = None
    waits_while_stopped: bool = False


@dataclass(frozen=True)
class Condition:
    """Something to do that the drain itself knows how to do. `is_due(now, leases_now)`: as `due` of a work source, by
    the application's clock and by the database's."""

    name: str
    is_due: Callable[[datetime.datetime, datetime.datetime], Combinable | Q]
    waits_while_stopped: bool = False


conditions: list[Condition] = []
sources: list[WorkSource] = []
stops: list[Callable[[], QuerySet]] = []
"""Queries that find a row while all sending is stopped."""


def register(*news: WorkSource | Condition) -> None:
    """Each name once."""
    for new in news:
        known: list[Any] = sources if isinstance(new, WorkSource) else conditions
        if new.name not in names():
            known.append(new)


def names() -> list[str]:
    """Of everything that may be due, conditions first."""
    return [*(known.name for known in conditions), *(known.name for known in sources)]


def stop_with(is_stopped: Callable[[], QuerySet]) -> None:
    if is_stopped not in stops:
        stops.append(is_stopped)


_forgivable: list[Model] = []
"""Rows claimed by this process that it could not work on, since the database could not write or others had them."""


def is_free(now: datetime.datetime) -> Q:
    """Not begun alone just now. So a row is never counted by two workers at once, and one spell of trouble, be it a
    full disk, a restart or several kills, counts once: only what ends its worker time after time is given up.
    """
    return Q(left_until__isnull=True) | Q(left_until__lte=now)


def unsuspected(rows: Iterable[Row]) -> list[Row]:
    """Without those that were begun alone and never ended: nothing else is done beside them."""
    return [row for row in rows if not row.serializable_value("claims")]


def work_alone(rows: QuerySet[Row], give_up: Callable[[Row], None], work: Callable[[Row], int]) -> int:
    """Work on the first of the rows only, its claim counted before; returns how many were done."""
    forgive()
    row = claim_alone(rows, give_up)
    if row is None:
        return 0
    try:
        done = work(row)
    except (OperationalError, InterfaceError):  # the database's fault, not the row's
        forgive_soon(row)
        raise
    if not done:
        forgive_soon(row)
    return done


def forgive_soon(row: Model) -> None:
    """At once if the database can write that much; else when it can again, if this process still lives by then."""
    _forgivable.append(row)
    try:
        forgive()
    except DatabaseError as error:
        logger.warning("%s %d begun rows wait to be given back.", in_words(error), len(_forgivable))


def forgive() -> None:
    """Take back what must not have been counted, as soon as the database can write again."""
    while _forgivable:
        row = _forgivable[-1]
        type(row)._default_manager.filter(pk=row.pk, claims__gt=0).update(claims=F("claims") - 1, left_until=None)
        _forgivable.pop()


@transaction.atomic
def claim_alone(rows: QuerySet[Row], give_up: Callable[[Row], None]) -> Row | None:
    """The first of the rows, its `claims` counted and committed before anything is done with it, and left by others.

    One that was begun MOST_CLAIMS times and never ended is handed to `give_up` instead, with the lock still held.
    """
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    claims: int = row.serializable_value("claims")
    if claims >= MOST_CLAIMS:
        logger.error("The %s %s is given up: it was begun alone %d times", row._meta.verbose_name, row.pk, claims)
        give_up(row)
        return None
    if claims:
        logger.warning("The %s %s was begun and never ended; it is begun again", row._meta.verbose_name, row.pk)
    left_until = timezone.now() + LEFT_FOR
    rows.model._default_manager.filter(pk=row.pk).update(claims=F("claims") + 1, left_until=left_until)
    return row


def is_any(conditions: Iterable[Combinable | Q]) -> Combinable | Q:
    return functools.reduce(operator.or_, conditions)


def is_all(conditions: Iterable[Combinable | Q]) -> Combinable | Q:
    return functools.reduce(operator.and_, conditions)
