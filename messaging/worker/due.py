"""The two questions that are asked many times a second: is a slot free and anything due, and what is due?

Building them with the ORM costs ten times what the database needs to answer, so each is compiled once and only its
moments are put in anew.
"""

import datetime
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, Q
from django.db.models.expressions import Combinable
from django.db.models.sql import Query

from . import work_sources
from .clock import is_over
from .models import DrainSlot

# They stand for the moments until the question is asked; what is compared may lie some days before or after them.
NOW = datetime.datetime(1971, 7, 1, tzinfo=datetime.UTC)
LEASES_NOW = datetime.datetime(1972, 7, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Moment:
    """A parameter that is put in anew: so much `later` than the application's or the database's clock."""

    is_of_database: bool
    later: datetime.timedelta


@dataclass(frozen=True)
class Question:
    """SQL with its parameters, some of which are Moments."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, sql: str, params: tuple[Any, ...]) -> "Question":
        return cls(sql, tuple(map(moment_or_value, params)))

    def ask(self, now: datetime.datetime, leases_now: datetime.datetime) -> tuple[Any, ...] | None:
        """The first row of the answer."""
        params = [
            written((leases_now if param.is_of_database else now) + param.later) if isinstance(param, Moment) else param
            for param in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchone()


_compiled: dict[tuple[str, ...], Question] = {}


def free_slot_with_work(host: str, now: datetime.datetime, leases_now: datetime.datetime) -> tuple[int, bool] | None:
    """(slot id, whether somebody never gave it back) when there is something to do, else None."""
    row = compiled(f"slot of {host}", lambda: slot_question(host)).ask(now, leases_now)
    return (row[0], row[1] is not None) if row else None


def what_is_due(now: datetime.datetime, leases_now: datetime.datetime) -> set[str]:
    """Names of the conditions and work sources that have something to do."""
    row = compiled("due", due_question).ask(now, leases_now)
    assert row is not None  # a SELECT of conditions, from no table, has one row
    return {name for name, is_due in zip(work_sources.names(), row, strict=True) if is_due}


def compiled(name: str, compile_it: Callable[[], Question]) -> Question:
    """The question, compiled when it is asked for the first time, or when something new may be due."""
    key = (connection.vendor, name, *work_sources.names())
    if key not in _compiled:
        _compiled[key] = compile_it()
    return _compiled[key]


def everything() -> list[Combinable | Q]:
    """Whether each condition and each source has something to do, with the moments that stand for others."""
    found: list[tuple[work_sources.Condition | work_sources.WorkSource, Combinable | Q]]
    found = [(one, one.is_due(NOW, LEASES_NOW)) for one in work_sources.conditions]
    found += [(source, Exists(source.due(NOW))) for source in work_sources.sources]
    # What stops comes first: what waits for it is not even looked at.
    goes = [~Exists(is_stopped()) for is_stopped in work_sources.stops]
    return [work_sources.is_all([*goes, due]) if one.waits_while_stopped else due for one, due in found]


def due_question() -> Question:
    query = Query(DrainSlot)
    parts = [
        query.build_where(Q(condition)).as_sql(query.get_compiler(connection=connection), connection)
        for condition in everything()
    ]
    # In a CASE, SQLite does not ask what comes after an answer that decides.
    sql = ", ".join(f"CASE WHEN {part} THEN 1 ELSE 0 END" for part, _params in parts)
    return Question.of(f"SELECT {sql}", tuple(itertools.chain.from_iterable(params for _part, params in parts)))


def slot_question(host: str) -> Question:
    free = DrainSlot.objects.filter(is_over("lease_until", LEASES_NOW), host=host)
    due = work_sources.is_any(everything())
    sql, params = free.filter(due).order_by("pk").values_list("pk", "owner")[:1].query.sql_with_params()
    return Question.of(sql, tuple(params))


def moment_or_value(param: Any) -> Any:
    """A Moment for what lies about one of the two, as this database writes it; else the parameter itself."""
    try:
        moment = datetime.datetime.fromisoformat(param) if isinstance(param, str) else param
    except ValueError:
        return param
    if not isinstance(moment, datetime.datetime) or moment.year not in (NOW.year, LEASES_NOW.year):
        return param
    is_of_database = moment.year == LEASES_NOW.year
    begin = LEASES_NOW if is_of_database else NOW
    return Moment(is_of_database, moment.replace(tzinfo=datetime.UTC) - begin)


def written(moment: datetime.datetime) -> Any:
    """As the database gets it."""
    return connection.ops.adapt_datetimefield_value(moment)
