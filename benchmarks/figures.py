"""docs/figures.md: its table holds what `make bench` printed last, each measurement's own lines from its last run."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "figures.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"
HEAD = ["| measurement | database | figure; floor, goal | when |", "|---|---|---|---|"]

Line = tuple[str, str, str]
"""(measurement, database, what it said)."""


def write(lines: Sequence[Line], page: Path = PAGE) -> None:
    """Put new lines in the place of the old ones of the same measurement and database; the others stay."""
    text = page.read_text()
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    anew = {(name, database) for name, database, _words in lines}
    kept = [row for row in rows_of(table) if tuple(cells(row)[:2]) not in anew]
    made = [f"| {' | '.join([*line, when()])} |" for line in map(escaped, lines)]
    page.write_text(before + BEGIN + "\n".join([*HEAD, *sorted([*kept, *made], key=order)]) + "\n" + END + after)


def rows_of(table: str) -> list[str]:
    return [row for row in table.splitlines() if row.startswith("|") and row not in HEAD]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split(" | ")]


def order(row: str) -> tuple[str, ...]:
    """By measurement and database; within them as they were printed."""
    return tuple(cells(row)[:2])


def escaped(line: Line) -> Line:
    name, database, words = line
    return name, database, words.replace("|", "/")


def when() -> str:
    """The day, and on what."""
    return f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
