"""Ways to tell a database by which index to look, for SQLite above all, which knows little without statistics.

`state__unindexed__in=[...]` is checked, never looked up: where a query names its rows by other means, SQLite without
statistics may else go through every row of that state. `state__one_of=[...]` stands in the statement as it is, not as
parameters: only so does SQLite see that the condition of a partial index holds. `number__begins="2026/"` is a range of
the index, where SQLite's LIKE is not; `Ending` is an expression that an index can hold. `number__among=[...]` is IN for
a thousand values, which go as one: each by itself costs an import as much as reading its row.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, F, Field, ForeignKey, Func, Lookup, Transform
from django.db.models.sql.compiler import SQLCompiler

NEWEST_FIRST = (F("pk") + 0).desc()
"""For rows that another index finds. By the bare key PostgreSQL may go through the whole table, newest first, and wait
for a thousand of them to pass.
"""
PHONE_ENDING = 4
"""Digits by which the phones that end so are looked up."""
Compiled = tuple[str, tuple[Any, ...]]


@Field.register_lookup
class Unindexed(Transform):
    """The column itself; on SQLite behind a plus sign, which takes it from the planner's choice of an index."""

    lookup_name = "unindexed"

    @property
    def output_field(self) -> Field:
        return self.lhs.output_field

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **_context: Any) -> Compiled:
        column, params = compiler.compile(self.lhs)
        return (f"+{column}" if connection.vendor == "sqlite" else column), params


@CharField.register_lookup
class OneOf(Lookup):
    """IN with plain words, such as the values of our enumerations."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        """Raises TypeError for what is no plain word: nothing of a user's may come here."""
        column, params = self.process_lhs(compiler, connection)
        words = [str(getattr(word, "value", word)) for word in self.rhs]
        if not words or not all(word.isidentifier() for word in words):
            raise TypeError(f"No plain words: {words}")
        return f"{column} IN ({', '.join(repr(word) for word in words)})", tuple(params)


@CharField.register_lookup
class Begins(Lookup):
    """With exactly these characters. On PostgreSQL the index needs `varchar_pattern_ops`."""

    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        column, params = self.process_lhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"{column} >= %s AND {column} < %s", (*params, self.rhs, f"{self.rhs}{chr(0x10FFFF)}")
        return f"{column} LIKE %s", (*params, f"{connection.ops.prep_for_like_query(self.rhs)}%")


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Lookup):
    """IN with any number of plain values, texts or whole numbers, in one parameter."""

    lookup_name = "among"
    prepare_rhs = False
    rhs: Iterable[Any]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Compiled:
        column, params = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        if connection.vendor == "sqlite":
            return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(values))
        return f"{column} = ANY(%s)", (*params, values)


class Ending(Func):
    """The last so many characters of a column, written as an index has it."""

    arity = 1

    def __init__(self, column: Any, *, length: int, **extra: Any) -> None:
        super().__init__(column, output_field=CharField(), **extra)
        self.length = length

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **_context: Any) -> Compiled:
        column, params = compiler.compile(self.source_expressions[0])
        return ending_sql(column, vendor=connection.vendor, length=self.length), params


def ending_sql(text: str, *, vendor: str, length: int) -> str:
    return f"substr({text}, -{length})" if vendor == "sqlite" else f"right({text}, {length})"
