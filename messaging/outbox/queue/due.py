"""Two questions asked many times a second: the dispatcher's, is a slot free and anything due; the drain's, what is due?

Building them with the ORM costs ten times what the database needs to answer, so each is compiled once and only its two
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

from messaging.worker import work_sources

from ..models import DrainSlot
from ..receipts.in_doubt import due_doubts
from .claiming import closed_gateways, expired_leases, gateways_with_work, homeless_messages
from .routing import AHEAD, RATE_AHEAD, READY, is_over, is_stopped

NOW = datetime.datetime(1971, 1, 1, tzinfo=datetime.UTC)  # stand for the moments until the question is asked
LEASES_NOW = datetime.datetime(1972, 1, 1, tzinfo=datetime.UTC)


# What may be due besides the work sources, which go by their own names.
OWN = MESSAGES, STRAYS, LEASES, DOUBTS = "messages", "messages without a gateway", "leases", "doubts"


@dataclass(frozen=True)
class Question:
    """`params` hold NOW and LEASES_NOW, as this database writes them, where the moments belong."""

    sql: str
    params: tuple[Any, ...]


_compiled: dict[tuple[str, ...], Question] = {}


def free_slot_with_work(host: str, now: datetime.datetime, leases_now: datetime.datetime) -> tuple[int, bool] | None:
    """(slot id, whether somebody never gave it back) when there is something to do, else None."""
    row = ask(f"slot of {host}", lambda: slot_question(host), now, leases_now)
    return (row[0], row[1] is not None) if row else None


def what_is_due(now: datetime.datetime, leases_now: datetime.datetime) -> set[str]:
    """Names of the work sources that have something to do, and MESSAGES, STRAYS, LEASES and DOUBTS likewise."""
    row = ask("due", due_question, now, leases_now)
    names = [*OWN, *(source.name for source in work_sources.sources)]
    return {name for name, is_due in zip(names, row, strict=True) if is_due}


def ask(
    name: str, compile_it: Callable[[], Question], now: datetime.datetime, leases_now: datetime.datetime
) -> tuple[Any, ...] | None:
    """The first row that answers the question, which is compiled when it is asked for the first time."""
    key = (connection.vendor, name, *(source.name for source in work_sources.sources))
    if key not in _compiled:
        _compiled[key] = compile_it()
    question = _compiled[key]
    moments = {written(NOW): written(now)} | {
        written(LEASES_NOW + later): written(leases_now + later)
        for later in (datetime.timedelta(), AHEAD, READY, RATE_AHEAD)
    }
    with connection.cursor() as cursor:
        cursor.execute(question.sql, [moments.get(param, param) for param in question.params])
        return cursor.fetchone()


def everything() -> list[Combinable]:
    """Whether OWN and each source have something to do, with the moments that stand for others."""
    goes = ~Exists(is_stopped())  # comes first: what waits for it is not even looked at
    strays = Exists(homeless_messages(NOW)) | Exists(closed_gateways(NOW))
    own = [
        goes & Exists(gateways_with_work(NOW, LEASES_NOW)),
        goes & strays,
        Exists(expired_leases(LEASES_NOW)),
        Exists(due_doubts(NOW)),
    ]
    others = [(source, Exists(source.due(NOW))) for source in work_sources.sources]
    return [*own, *(goes & due if source.waits_while_stopped else due for source, due in others)]


def due_question() -> Question:
    query = Query(DrainSlot)
    parts = [
        query.build_where(Q(condition)).as_sql(query.get_compiler(connection=connection), connection)
        for condition in everything()
    ]
    # In a CASE, SQLite does not ask what comes after an answer that decides.
    sql = ", ".join(f"CASE WHEN {part} THEN 1 ELSE 0 END" for part, _params in parts)
    return Question(f"SELECT {sql}", tuple(itertools.chain.from_iterable(params for _part, params in parts)))


def slot_question(host: str) -> Question:
    free = DrainSlot.objects.filter(is_over("lease_until", LEASES_NOW), host=host)
    due = work_sources.is_any(everything())
    sql, params = free.filter(due).order_by("pk").values_list("pk", "owner")[:1].query.sql_with_params()
    return Question(sql, tuple(params))


def written(moment: datetime.datetime) -> Any:
    """As the database gets it."""
    return connection.ops.adapt_datetimefield_value(moment)
