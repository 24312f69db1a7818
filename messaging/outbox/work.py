"""What there is to do: messages to send, and whatever the rooms above register (robots' steps, campaigns' chunks)."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, QuerySet
from django.db.models.expressions import Combinable


@dataclass(frozen=True)
class WorkSource:
    """One kind of work. `due(now)`: the rows to be done, asked for many times a second, so an index must answer it, and
    depending on nothing else that changes, since the dispatcher compiles it once.
    `work(now)`: does a limited number of them in short transactions of its own; returns how many.
    """

    name: str
    due: Callable[[datetime.datetime], QuerySet]
    work: Callable[[datetime.datetime], int]


sources: list[WorkSource] = []


def register(source: WorkSource) -> None:
    if source.name not in {known.name for known in sources}:
        sources.append(source)


def is_anything_due(now: datetime.datetime, *more: QuerySet) -> Combinable:
    """One SQL condition over all sources and the querysets given besides."""
    due = [Exists(rows) for rows in (*more, *(source.due(now) for source in sources))]
    condition = due[0]
    for one in due[1:]:
        condition = condition | one
    return condition
