"""Order numbers met in a file of any length, kept out of memory: SQLite's private temporary database holds them."""

import sqlite3
from types import TracebackType
from typing import Self


class Repeats:
    """Which row of the file had an order number first. Use as a context manager."""

    def __enter__(self) -> Self:
        self.database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")
        self.database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    def row_of(self, number: str, row: int) -> int | None:
        """The earlier row with this number; None when there is none, and then `row` is remembered."""
        if self.database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, row)).rowcount:
            return None
        return self.database.execute("SELECT row FROM seen WHERE number = ?", (number,)).fetchone()[0]
