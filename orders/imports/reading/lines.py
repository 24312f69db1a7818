"""A file's lines for the csv module: they can be given back, and no line, record or second try has more than its bound.

One quotation mark that is never closed costs one row, not the file; a file made of them costs no more than another.
"""

from collections import deque
from io import TextIOBase

from locations.errors import WithReason

from .. import reasons
from .errors import UnreadableFile

LONGEST_RECORD = 200  # lines; a longer one has a quotation mark that is never closed
LONGEST_LINE = 256 * 1024  # characters, of a line and of all lines of a record
SPARE_LINES = 20_000  # that may be read a second time, before each record has two lines at most
MARK = "\udfff"  # stands for bytes that cannot be decoded; no text has it


class BadRecord(WithReason):
    """The record being read cannot be one row; the reason is that of its first line."""


class Lines:
    """Give `delimiter`, `width` and `needed` (positions of cells every row has) once the header is read."""

    def __init__(self, text: TextIOBase) -> None:
        self.text = text
        self.delimiter, self.width, self.needed = "", 0, [0]
        self.returned: deque[str] = deque()
        self.taken: list[str] = []  # of the record being read
        self.size = 0  # characters of these
        self.passed = 0  # lines of finished records
        self.spare = SPARE_LINES

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= min(LONGEST_RECORD, max(2, self.spare)) or self.size > LONGEST_LINE):
            raise BadRecord(reasons.NEVER_CLOSED())
        line = self.returned.popleft() if self.returned else self._read()
        self.taken.append(line)
        self.size += len(line)
        if len(line) > LONGEST_LINE:
            raise BadRecord(reasons.LONG_LINE(limit=LONGEST_LINE))
        if len(self.taken) > 1 and self._looks_like_a_row(line):
            raise BadRecord(reasons.NEVER_CLOSED())
        return line

    def _read(self) -> str:
        """A line, or the beginning of one that is too long; the rest of that is skipped."""
        line = self.text.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            rest = line
            while rest and not rest.endswith(("\n", "\r")):
                rest = self.text.readline(LONGEST_LINE)
        if "\0" in line:
            raise UnreadableFile(reasons.NUL_LINE(line=self.passed + len(self.taken) + 1))
        return line

    def _looks_like_a_row(self, line: str) -> bool:
        """Whether a line inside a quoted cell is a row of its own: as many cells, and the needed ones begin with no
        blank, as the words of a sentence with commas do.
        """
        if line.count(self.delimiter) != self.width - 1:
            return False
        cells = line.rstrip("\r\n").split(self.delimiter)
        return all(cells[position] and not cells[position][0].isspace() for position in self.needed)

    def finish_record(self) -> int:
        """The line where the record just read started."""
        start = self.passed + 1
        self.passed += len(self.taken)
        self.spare = min(SPARE_LINES, self.spare + len(self.taken))
        self._forget()
        return start

    def give_back_all_but_first(self) -> str:
        first, *rest = self.taken
        self.returned.extendleft(reversed(rest))
        self.spare -= len(rest)
        del self.taken[1:]
        return first

    def _forget(self) -> None:
        self.taken.clear()
        self.size = 0
