"""Files that would take the house's time and memory, swallow rows, or come with a spreadsheet's marks."""

import contextlib
import time
import tracemalloc

import pytest

from orders.imports.reading.errors import UnreadableFile
from tests.imports.test_reading import HEADER, read


def test_it_gives_a_line_without_end_one_row_and_little_memory():
    content = HEADER + b";" * 8_000_000 + b"\r\nA-2;Ewa;Long\r\n"
    tracemalloc.start()
    rows = list(read(content).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(row.number, bool(row.fault)) for row in rows] == [(2, True), (3, False)]
    assert "more than 262144 characters" in str(rows[0].reason)
    assert peak < 20_000_000


@pytest.mark.parametrize("line", [b'a";"\n', b'A-1;"Anna;Long\n', b'"\n', b'a;"b;c\nd\n', b'""";"\n'])
def test_it_reads_a_file_of_open_quotation_marks_as_fast_as_any(line):
    content = HEADER + line * 100_000
    started = time.process_time()
    rows = read(content).rows
    with contextlib.suppress(UnreadableFile):  # ten thousand unreadable rows end it in words
        assert all(row.fault or len(row.cells) == 3 for row in rows)
    assert time.process_time() - started < 5


def test_it_keeps_a_row_that_an_open_quotation_mark_would_swallow():
    content = HEADER.strip() + b';contents\r\nA-1;Anna;Long;"at once\r\nA-2;Ewa;Long;monitor 27"\r\nA-3;Ola;Long;x\r\n'
    rows = list(read(content).rows)
    assert [(row.number, bool(row.fault)) for row in rows] == [(2, True), (3, False), (4, False)]
    assert rows[1].cells[3] == 'monitor 27"'


def test_it_takes_several_lines_in_one_cell_for_what_they_are():
    content = HEADER.strip() + b';contents\r\nA-1;Anna;Long;"2 pizza;\r\n1 cola; 3 ice; bread; milk\r\nring"\r\n'
    rows = list(read(content).rows)
    assert [(row.fault, row.cells[3]) for row in rows] == [("", "2 pizza;\r\n1 cola; 3 ice; bread; milk\r\nring")]


def test_it_keeps_a_sign_that_somebody_else_could_not_read():
    rows = list(read(HEADER + "A-1;Łódź;Long \ufffd 5\r\n".encode()).rows)
    assert (rows[0].fault, rows[0].cells[2]) == ("", "Long \ufffd 5")


@pytest.mark.parametrize(
    "header",
    [
        b'"order\r\nNumber";clientName;address\r\n',
        "\u200borderNumber;\u2060clientName;address\ufeff\r\n".encode(),
        b"orderNumber;clientName;address;;\r\n",
        b"orderNumber;note;clientName;note;address\r\n",
    ],
)
def test_it_reads_headers_as_they_come(header):
    found = read(header + b"A-1;Anna;Long;x;y\r\n"[: 13 if header.count(b";") < 4 else None])
    assert [name for name in found.columns if name] == ["orderNumber", "clientName", "address"]
    assert not [row for row in found.rows if row.fault]


@pytest.mark.parametrize(("cell", "value"), [
    ('="000123"', "000123"), ('"=""000123"""', "000123"), ("'000124", "000124"), ("'=1+1", "=1+1"),
    ("'t Hoen", "'t Hoen"), ("=1+1", "=1+1"), ("O'Neil", "O'Neil"),
])  # fmt: skip
def test_it_takes_off_a_spreadsheets_guards(cell, value):
    rows = list(read(HEADER + f"A-1;{cell};Long\r\n".encode()).rows)
    assert (rows[0].fault, rows[0].cells[1]) == ("", value)


def test_it_says_so_when_nearly_no_row_can_be_read():
    with pytest.raises(UnreadableFile, match="10000 rows cannot be read because of their quotation marks"):
        list(read(HEADER + b'A-1;"Anna;Long\n' * 10_100).rows)
