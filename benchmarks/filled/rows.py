"""Rows made by the database itself, from SQL of their number: on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.utils import timezone


def insert(model: type[models.Model], first: int, last: int, pk: str = "n + 1", **columns: str) -> None:
    """A row for each number n; `pk` and `columns` are SQL of it, all other columns have their default."""
    if first >= last:
        return
    quote = connection.ops.quote_name
    values, params = {"id": pk}, []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        values[field.column] = columns.get(field.column, "%s")
        if field.column not in columns:
            params.append(default_of(field))
    unknown = set(columns) - set(values)
    if unknown:
        raise TypeError(f"{model.__name__} has no {unknown}")
    names = ", ".join(map(quote, values))
    picked = ", ".join(value.replace(" % ", " %% ") if value != "%s" else value for value in values.values())
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
    if connection.vendor == "postgresql":
        numbers = "WITH numbers(n) AS (SELECT generate_series(%s::bigint, %s::bigint)) "
    statement = f"{numbers}INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT {picked} FROM numbers"
    with connection.cursor() as cursor:
        cursor.execute(statement, [first, last - 1, *params])


QUICK = {
    "sqlite": [
        ("PRAGMA synchronous = OFF", "PRAGMA synchronous = FULL"),
        ("PRAGMA cache_size = -1000000", "PRAGMA cache_size = -2000"),
    ],
    "postgresql": [("SET session_replication_role = replica", "RESET session_replication_role")],
}
"""How a connection is told to check nothing and to keep indexes in memory (KB), and how that ends."""


@contextmanager
def quick_inserts() -> Iterator[None]:
    """A million orders in a few minutes: their rows are right by themselves. PostgreSQL needs a superuser for it."""
    with connection.cursor() as cursor:
        for begin, _end in QUICK[connection.vendor]:
            cursor.execute(begin)
        yield
        for _begin, end in QUICK[connection.vendor]:
            cursor.execute(end)


def default_of(field: models.Field) -> Any:
    default = field.get_default()
    if default is None and not field.null:
        default = timezone.now()
    return field.get_db_prep_save(default, connection)


def one_of(choices: list[Any], number: str) -> str:
    """SQL: the choice by number, over and over."""
    whens = " ".join(f"WHEN {index} THEN {literal(choice)}" for index, choice in enumerate(choices))
    return f"(CASE ({number}) % {len(choices)} {whens} END)"


def literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def at_second(second: str) -> str:
    return f"to_timestamp({second})" if connection.vendor == "postgresql" else f"datetime({second}, 'unixepoch')"


def uuid_of(number: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST(lpad(to_hex({number}), 32, '0') AS uuid)"
    return f"printf('%%032x', {number})"


def truth(condition: str) -> str:
    return f"({condition})" if connection.vendor == "postgresql" else f"(CASE WHEN {condition} THEN 1 ELSE 0 END)"
