"""Transitions of rows between states: one table says who moves which to where, and rows move by it alone."""

import functools
from collections.abc import Collection, Iterable
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import QuerySet, TextChoices

State = TypeVar("State", bound=TextChoices)
By = TypeVar("By", bound=str)


class Stateful(Protocol):
    state: Any


class NoSuchMove(Exception):
    """A fault of the program: the table of transitions has no such move."""


class Transitions(Generic[State, By]):
    """Made from lines (by whom, from which states, to which). `table`: {(from, to): [by whom, ...]}."""

    def __init__(self, moves: Iterable[tuple[By, Collection[State], Collection[State]]]) -> None:
        self.table: dict[tuple[State, State], list[By]] = {}
        for by, froms, tos in moves:
            for way in ((one, other) for one in froms for other in tos if one != other):
                self.table.setdefault(way, []).append(by)
        self.sources = functools.cache(self._sources)

    def _sources(self, to: State, by: By) -> frozenset[State]:
        """The states from which they may move a row there. Raises NoSuchMove when there are none."""
        found = frozenset(one for (one, other), movers in self.table.items() if other == to and by in movers)
        if not found:
            raise NoSuchMove(f"{by} moves nothing to {to}")
        return found

    def movable(self, rows: QuerySet, to: State, by: By) -> QuerySet:
        """Those that may move there. Checked, never looked up: the caller names the rows by other means."""
        return rows.filter(state__unindexed__in=sorted(self.sources(to, by)))

    def move(self, rows: QuerySet, to: State, by: By, **fields: Any) -> int:
        """Move those of them that may move there, and write the fields too; returns how many. One statement."""
        return self.movable(rows, to, by).update(state=to, **fields)

    def set(self, row: Stateful, to: State, by: By) -> None:
        """The same for a row in memory that its owner writes later. Raises NoSuchMove."""
        if row.state != to and row.state not in self.sources(to, by):
            raise NoSuchMove(f"{by} moves nothing from {row.state} to {to}")
        row.state = to


def in_sql(states: Iterable[TextChoices]) -> str:
    """As a list for `state IN (...)`: words of the program's own."""
    return ", ".join(f"'{state.value}'" for state in sorted(states))
