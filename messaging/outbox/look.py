"""The dispatcher's one question, twenty times a second: is a slot free, and is anything due?

Building it with the ORM costs ten times what the database needs to answer, so it is compiled once and only its two
moments are put in anew.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from . import work
from .claiming import due_messages, expired_leases
from .doubts import due_doubts
from .models import DrainSlot
from .routing import AHEAD, is_over

NOW = datetime.datetime(1971, 1, 1, tzinfo=datetime.UTC)  # stand for the moments until the question is asked
LEASES_NOW = datetime.datetime(1972, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Question:
    """`params` hold NOW and LEASES_NOW, as this database writes them, where the moments belong."""

    sql: str
    params: tuple[Any, ...]


_compiled: dict[tuple[str, ...], Question] = {}


def free_slot_with_work(host: str, now: datetime.datetime, leases_now: datetime.datetime) -> tuple[int, bool] | None:
    """(slot id, whether somebody never gave it back) when there is something to do, else None."""
    key = (connection.vendor, host, *(source.name for source in work.sources))
    if key not in _compiled:
        _compiled[key] = compile_question(host)
    question = _compiled[key]
    moments = {
        written(NOW): written(now),
        written(LEASES_NOW): written(leases_now),
        written(LEASES_NOW + AHEAD): written(leases_now + AHEAD),
    }
    with connection.cursor() as cursor:
        cursor.execute(question.sql, [moments.get(param, param) for param in question.params])
        row = cursor.fetchone()
    return (row[0], row[1] is not None) if row else None


def compile_question(host: str) -> Question:
    free = DrainSlot.objects.filter(is_over("lease_until", LEASES_NOW), host=host)
    due = work.is_anything_due(NOW, due_messages(NOW, LEASES_NOW), expired_leases(LEASES_NOW), due_doubts(NOW))
    sql, params = free.filter(due).order_by("pk").values_list("pk", "owner")[:1].query.sql_with_params()
    return Question(sql, tuple(params))


def written(moment: datetime.datetime) -> Any:
    """As the database gets it."""
    return connection.ops.adapt_datetimefield_value(moment)
