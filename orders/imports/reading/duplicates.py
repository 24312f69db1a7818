"""Order numbers that come again in a file: which rows had them before, and whether one of those stands.

Numbers met in a file of any length are kept out of memory: SQLite's private temporary database holds them. Whether an
earlier row stands is known when it has been judged, so a row only remembers which those are.
"""

import sqlite3
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Self

MOST_EARLIER = 20
"""Rows with the same number that a row remembers; one behind so many is refused whatever they were."""


def standing_row(earlier: Sequence[int], refused: Collection[int]) -> int | None:
    """The first of the earlier rows that was not refused; None where all were, and this one may take the number."""
    if len(earlier) >= MOST_EARLIER:
        return earlier[0]
    return next((row for row in earlier if row not in refused), None)


class Repeats:
    """Which rows of the file had an order number before. Use as a context manager."""

    def __enter__(self) -> Self:
        self.database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, rows TEXT) WITHOUT ROWID")
        self.database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def rows_of(self, number: str, row: int) -> list[int]:
        """The earlier rows with this number; `row` is remembered for later ones."""
        if self.database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, str(row))).rowcount:
            return []
        (told,) = self.database.execute("SELECT rows FROM seen WHERE number = ?", (number,)).fetchone()
        earlier = [int(one) for one in told.split()]
        if len(earlier) < MOST_EARLIER:
            self.database.execute("UPDATE seen SET rows = ? WHERE number = ?", (f"{told} {row}", number))
        return earlier
