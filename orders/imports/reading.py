"""From a file to a table: what it is written in, its header, and its rows one by one with their line numbers."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .cleaning import tidy
from .columns import BY_SPELLING, COLUMNS, spelling
from .encodings import detect_encoding
from .faults import UnreadableFile
from .formulas import plain
from .repeats import Repeats

DELIMITERS = (";", ",", "\t")
PROBLEM_HEADER = "problem"  # the column that our own file of refused rows adds
LONGEST_RECORD = 200  # lines; a longer one has a quotation mark that is never closed
LONGEST_HEADER = 32 * 1024  # characters
REPLACEMENT = "\ufffd"
MEGABYTE = 1024 * 1024


class Row(NamedTuple):
    """One record: the line of the file where it starts (the header is 1), its cells, and why it cannot be read."""

    number: int
    cells: list[str]
    fault: str = ""


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


def read_table(file: BinaryIO, size: int) -> Table:
    """Understand a seekable file of `size` bytes; its rows are streamed. Raises UnreadableFile with a sentence."""
    refuse_too_large(size)
    encoding = detect_encoding(file)
    file.seek(0)
    # What cannot be decoded becomes U+FFFD and only its row is refused.
    lines = _Lines(io.TextIOWrapper(io.BufferedReader(_Unclosable(file), 64 * 1024), encoding, "replace", newline=""))
    delimiter, headers = _read_header(lines)
    columns = match_headers(headers)
    rows = _rows(lines, delimiter, len(headers))
    if any(spelling(header) == spelling(PROBLEM_HEADER) for header in headers):
        rows = (row._replace(cells=[plain(cell) for cell in row.cells]) for row in rows)
    rows = _refuse_repeats(rows, columns.index("orderNumber"))
    return Table(encoding, delimiter, headers, columns, rows)


def refuse_too_large(size: int) -> None:
    if size > settings.IMPORT_MAX_MEGABYTES * MEGABYTE:
        raise UnreadableFile(
            _("The file has %(size)d MB; at most %(limit)d MB are read at once: split it into several.")
            % {"size": -(-size // MEGABYTE), "limit": settings.IMPORT_MAX_MEGABYTES}
        )


def match_headers(headers: list[str]) -> list[str]:
    """The column that each header names, "" for unknown ones. Raises UnreadableFile."""
    columns = [BY_SPELLING.get(spelling(header), "") for header in headers]
    if not any(columns):
        raise UnreadableFile(
            _("The file is no table of orders: its first line names none of the columns, such as %(names)s.")
            % {"names": ", ".join(column.header for column in COLUMNS if column.is_required)}
        )
    named = [column or header for header, column in zip(headers, columns, strict=True) if header]
    twice = [name for name, count in Counter(named).items() if count > 1]
    if twice:
        raise UnreadableFile(
            _("Two columns have the same header, %(names)s: rename or remove one.") % {"names": ", ".join(twice)}
        )
    missing = [column.header for column in COLUMNS if column.is_required and column.header not in columns]
    if missing:
        sentence = ngettext(
            "The file lacks the column %(names)s, which every order needs.",
            "The file lacks the columns %(names)s, which every order needs.",
            len(missing),
        )
        raise UnreadableFile(sentence % {"names": ", ".join(missing)})
    return columns


class _Unclosable(io.RawIOBase):
    """The upload's file under a text reader that must not close it when it is thrown away."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        block = self.file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


class _RecordTooLong(Exception):
    pass


class _Lines:
    """Lines for the csv module that can be given back, so that one unclosed quotation mark costs one row."""

    def __init__(self, text: Iterable[str]) -> None:
        self.source = iter(text)
        self.returned: deque[str] = deque()
        self.taken: list[str] = []  # of the record being read
        self.passed = 0  # lines of finished records

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            raise _RecordTooLong
        line = self.returned.popleft() if self.returned else self._read()
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = next(self.source)
        if "\0" in line:
            raise UnreadableFile(
                _("Line %(line)d has a NUL character: this is no text file. Save it as CSV in UTF-8.")
                % {"line": self.passed + len(self.taken) + 1}
            )
        return line

    def finish_record(self) -> int:
        """The line where the record just read started."""
        start = self.passed + 1
        self.passed += len(self.taken)
        self.taken.clear()
        return start

    def give_back_all_but_first(self) -> str:
        first, *rest = self.taken
        self.returned.extendleft(reversed(rest))
        del self.taken[1:]
        return first


def _read_header(lines: _Lines) -> tuple[str, list[str]]:
    """The separator and the header's cells; blank lines and Excel's "sep=;" may stand before."""
    for line in lines:
        lines.finish_record()
        told = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
        if told or not line.strip():
            continue
        if len(line) > LONGEST_HEADER:
            break
        readings = {delimiter: _split(line, delimiter) for delimiter in DELIMITERS}
        best = max(readings, key=lambda delimiter: _recognised(readings[delimiter]))
        return best, readings[best]
    raise UnreadableFile(_("The file is no table: it has no line with the names of columns."))


def _split(line: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    return [tidy(cell) for cell in cells]


def _recognised(headers: list[str]) -> tuple[int, int]:
    return sum(spelling(header) in BY_SPELLING for header in headers), len(headers)


def _rows(lines: _Lines, delimiter: str, width: int) -> Iterator[Row]:
    """Every record that is not blank; what the csv module cannot read is one faulty row, and reading goes on."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RecordTooLong) as problem:
            first = lines.give_back_all_but_first()
            yield Row(lines.finish_record(), [first.rstrip("\r\n")], _unreadable(problem))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        number, is_spoilt = lines.finish_record(), any(REPLACEMENT in cell for cell in cells)
        if not any(cells) or not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            del cells[width:]
        yield Row(number, cells, _undecodable() if is_spoilt else _ragged(len(cells), width))


def _unreadable(problem: Exception) -> str:
    if isinstance(problem, csv.Error) and "expected after" in str(problem):
        return _("A quotation mark ends a cell in the middle: write quotation marks inside a quoted cell twice.")
    if isinstance(problem, csv.Error) and "field limit" in str(problem):
        return _("A cell is longer than %(limit)d characters.") % {"limit": csv.field_size_limit()}
    return _("A quotation mark that opens a cell is never closed: close it, or remove it.")


def _undecodable() -> str:
    return _("The row has a character that cannot be read in the file's encoding: save the file as UTF-8.")


def _ragged(count: int, width: int) -> str:
    if count == width:
        return ""
    if count > width:
        return _(
            "The row has %(count)d cells, the header %(width)d: put cells that contain the separator in quotes."
        ) % {
            "count": count,
            "width": width,
        }
    return _("The row has %(count)d cells, the header %(width)d: keep the separators of empty cells.") % {
        "count": count,
        "width": width,
    }


def _refuse_repeats(rows: Iterator[Row], position: int) -> Iterator[Row]:
    """A number that an earlier row had makes a row faulty, however far apart they stand."""
    with Repeats() as seen:
        for row in rows:
            number = "" if row.fault else tidy(row.cells[position])
            earlier = seen.row_of(number, row.number) if number else None
            if earlier is None:
                yield row
            else:
                yield row._replace(
                    fault=_("The row repeats order %(number)s of row %(earlier)d: keep one of them.")
                    % {"number": number, "earlier": earlier}
                )
