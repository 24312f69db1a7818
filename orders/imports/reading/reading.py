"""From a file to a table: what it is written in, its header, and its rows one by one with their line numbers."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from locations.values.reasons import Reason
from locations.values.spelling import tidy

from .. import reasons
from ..columns import BY_SPELLING, REQUIRED, spelling
from .binary import Readable
from .duplicates import Repeats
from .encodings import MARKING, detect_encoding
from .errors import UnreadableFile
from .formulas import plain
from .lines import MARK, BadRecord, Lines

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DELIMITERS = (";", ",", "\t")
PROBLEM_HEADER = "problem"  # the column that our own file of refused rows adds
LONGEST_HEADER = 32 * 1024  # characters
LONGEST_HEADER_LINES = 50
MOST_UNREADABLE = 10_000  # rows; each costs more than a good one, and nobody mends more by hand
LONGEST_SHOWN = 1000  # characters kept of a line that could not be read
REPLACEMENT = "\ufffd"
MEGABYTE = 1024 * 1024


class Row(NamedTuple):
    """One record: the line of the file where it starts (the header is 1), its cells, the text of the reason why it
    cannot be read, and the lines of earlier records with the same order number.
    """

    number: int
    cells: list[str]
    fault: str = ""
    earlier: Sequence[int] = ()

    @property
    def reason(self) -> Reason:
        """Why it cannot be read."""
        return Reason(self.fault)


@dataclass
class Table:
    """A file understood: `columns` names each position's column, "" where the header says nothing to us."""

    encoding: str
    delimiter: str
    headers: list[str]
    columns: list[str]
    rows: Iterator[Row]

    @property
    def unknown(self) -> list[str]:
        return [header for header, column in zip(self.headers, self.columns, strict=True) if header and not column]

    @property
    def layout(self) -> dict[str, object]:
        """What `Import.layout` keeps of it."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "headers": self.headers,
            "columns": self.columns,
            "unknown": self.unknown,
        }


def read_table(file: Readable, size: int, encoding: str = "") -> Table:
    """Understand a seekable file of `size` bytes; its rows are streamed. Raises UnreadableFile.

    `encoding`, a Python name, is recognised by itself where it is not given.
    """
    refuse_too_large(size)
    encoding = detect_encoding(file, encoding)
    file.seek(0)
    # What cannot be decoded is marked, and only its row is refused.
    lines = Lines(io.TextIOWrapper(io.BufferedReader(_Unclosable(file), 64 * 1024), encoding, MARKING, newline=""))
    lines.delimiter, headers = _read_header(lines)
    columns = match_headers(headers)
    lines.width, lines.needed = len(headers), [columns.index(header) for header in REQUIRED]
    rows = _note_repeats(_rows(lines), columns.index("orderNumber"))
    return Table(encoding, lines.delimiter, headers, columns, rows)


def refuse_too_large(size: int) -> None:
    if size > settings.IMPORT_MAX_MEGABYTES * MEGABYTE:
        raise UnreadableFile(reasons.TOO_LARGE(size=-(-size // MEGABYTE), limit=settings.IMPORT_MAX_MEGABYTES))


def match_headers(headers: list[str]) -> list[str]:
    """The column that each header names, "" for unknown ones. Raises UnreadableFile."""
    columns = [BY_SPELLING.get(spelling(header), "") for header in headers]
    if not any(columns):
        raise UnreadableFile(reasons.NO_TABLE(names=", ".join(REQUIRED)))
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise UnreadableFile(reasons.HEADER_TWICE(names=", ".join(twice)))
    missing = [header for header in REQUIRED if header not in columns]
    if missing:
        kind = reasons.LACKS_COLUMN if len(missing) == 1 else reasons.LACKS_COLUMNS
        raise UnreadableFile(kind(names=", ".join(missing)))
    return columns


class _Unclosable(io.RawIOBase):
    """The upload's file under a text reader that must not close it when it is thrown away."""

    def __init__(self, file: Readable) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        block = self.file.read(len(view))
        view[: len(block)] = block
        return len(block)


def _read_header(lines: Lines) -> tuple[str, list[str]]:
    """The separator and the header's cells; blank lines and Excel's "sep=;" may stand before."""
    for line in lines:
        told = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
        if told or not line.strip():
            lines.finish_record()
            continue
        if len(line) > LONGEST_HEADER:
            break
        header = _whole_header(line, lines)
        readings = {delimiter: _split(header, delimiter) for delimiter in DELIMITERS}
        best = max(readings, key=lambda delimiter: _recognised(readings[delimiter]))
        return best, readings[best]
    raise UnreadableFile(reasons.NO_HEADER())


def _whole_header(line: str, lines: Lines) -> str:
    """The line with those that a quotation mark in it goes on to; alone, if it is never closed."""
    header = line
    while header.count('"') % 2:
        if len(lines.taken) >= LONGEST_HEADER_LINES or (more := next(lines, None)) is None:
            lines.give_back_all_but_first()
            header = line
            break
        header += more
    lines.finish_record()
    return header


def _split(header: str, delimiter: str) -> list[str]:
    """The header's cells, a break inside one being a blank."""
    cells = next(csv.reader(io.StringIO(header.rstrip("\r\n"), newline=""), delimiter=delimiter), [])
    return [" ".join(tidy(cell).split()) for cell in cells]


def _recognised(headers: list[str]) -> tuple[int, int]:
    return sum(spelling(header) in BY_SPELLING for header in headers), len(headers)


def _rows(lines: Lines) -> Iterator[Row]:
    """Every record that is not blank; what the csv module cannot read is one faulty row, and reading goes on."""
    reader = csv.reader(lines, delimiter=lines.delimiter, strict=True)
    unreadable = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, BadRecord) as problem:
            unreadable += 1
            if unreadable > MOST_UNREADABLE:
                raise UnreadableFile(
                    reasons.TOO_MANY_UNREADABLE(line=lines.passed + 1, count=MOST_UNREADABLE)
                ) from None
            first = lines.give_back_all_but_first().rstrip("\r\n").replace(MARK, REPLACEMENT)
            shown = first if len(first) <= LONGEST_SHOWN else f"{first[:LONGEST_SHOWN]}…"
            yield Row(lines.finish_record(), [shown], _unreadable(problem).text)
            reader = csv.reader(lines, delimiter=lines.delimiter, strict=True)
            continue
        written, number = "".join(lines.taken), lines.finish_record()
        if not any(cells) or not any(cell.strip() for cell in cells):
            continue
        if "'" in written or '="' in written:
            cells = [plain(cell) for cell in cells]
        if MARK in written:
            yield Row(number, [cell.replace(MARK, REPLACEMENT) for cell in cells], reasons.UNDECODABLE().text)
        else:
            yield Row(number, *_fit(cells, lines))


def _unreadable(problem: Exception) -> Reason:
    if isinstance(problem, BadRecord):
        return problem.reason
    if "expected after" in str(problem):
        return reasons.QUOTATION_MARK()
    if "field limit" in str(problem):
        return reasons.LONG_CELL(limit=csv.field_size_limit())
    return reasons.NEVER_CLOSED()


def _fit(cells: list[str], lines: Lines) -> tuple[list[str], str]:
    """The cells, as many as the header has, or the text of a fault.

    Spreadsheets leave out empty cells at the end. Too many cells are refused even when the last are empty: a comma of
    an amount or an address has moved the others. Only where no text can have split, separators too many are forgiven.
    """
    count, width = len(cells), lines.width
    if count <= width:
        return cells + [""] * (width - count), ""
    surplus = any(cell.strip() for cell in cells[width:])
    if not surplus and lines.delimiter != "," and not any(cell.startswith(" ") for cell in cells):
        return cells[:width], ""
    return cells, reasons.MANY_CELLS(count=count, width=width).text


def _note_repeats(rows: Iterator[Row], position: int) -> Iterator[Row]:
    """Each row with the earlier ones of the same number, however far apart they stand."""
    with Repeats() as seen:
        for row in rows:
            number = "" if row.fault else tidy(row.cells[position])
            earlier = seen.rows_of(number, row.number) if number else []
            yield row._replace(earlier=earlier) if earlier else row
