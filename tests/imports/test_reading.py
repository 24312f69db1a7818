"""Files as they come: every encoding and separator, and every way to be no table of orders."""

import codecs
import csv
import io
import zipfile

import pytest

from orders.imports.reading.encoding_guess import guess_encoding
from orders.imports.reading.errors import UnreadableFile
from orders.imports.reading.reading import read_table
from tests.imports.sending import table

HEADER = b"orderNumber;clientName;address\r\n"
RUSSIAN = [
    "Иван",
    "Пётр Иванов",
    "ул. Ленина, 5",
    "жук",
    "с",
    "Сеть",
    "сук",
    "у",
    "ус",
    "кус",
    "икс",
    "Куку",
    "Іван",
    "вулиця Шевченка, 12",
    "Її",
    "її сестра",
    "Ґалаґан",
    "ООО «Ромашка»",
    "Москва",
    "кв. 3",
    "№ 5, д. 7",
    "Є",
    "ж/к Уют",
    "ЖК Сокол",
    "СССР",
    "УК",
    "їжак",
    "Юля",
    "Ёж",
    "Ян",
    "В пути",
    "Готовится",
    "ЖУК",
]
POLISH = [
    "Łódź",
    "ul. Długa 5",
    "Paweł",
    "Święta",
    "ŁÓDŹ",
    "Kraków",
    "Michał Wiśniewski",
    "źdźbło",
    "Ósma",
    "ćma",
    "Późna 3",
    "miłość",
    "Mąż",
    "Jóźwiak",
    "pęk",
    "ŻÓŁW",
    "Łąka",
    "łóżko",
    "dąb",
    "ŻÓŁKIEW",
    "„Źrebak” sp. z o.o.",
    "Zażółć gęślą jaźń",
]


def read(content):
    return read_table(io.BytesIO(content), len(content))


def refusal(content):
    with pytest.raises(UnreadableFile) as refused:
        list(read(content).rows)
    return str(refused.value)


@pytest.mark.parametrize("words", RUSSIAN)
def test_it_tells_cyrillic_from_a_word(words):
    assert guess_encoding(HEADER + b"A-1;" + words.encode("cp1251")) == "cp1251"


@pytest.mark.parametrize("words", POLISH)
def test_it_tells_polish_from_a_word(words):
    assert guess_encoding(HEADER + b"A-1;" + words.encode("cp1250")) == "cp1250"


@pytest.mark.parametrize("encoding", ["cp866", "koi8_r", "cp1251"])
def test_it_tells_one_cyrillic_encoding_from_another(encoding):
    words = [word for word in RUSSIAN if len(word) > 7 and not set(word) & set("ІіЇїЄєҐґ«»№")]
    assert len(words) > 3
    for word in words:
        assert guess_encoding(HEADER + b"A-1;" + word.encode(encoding)) == encoding, word


@pytest.mark.parametrize("words", ["Wąsik", "Śmigielska", "Świętochłowice", "os. Źródlana"])
def test_it_tells_iso_8859_2_from_windows_1250(words):
    assert guess_encoding(HEADER + b"A-1;" + words.encode("iso8859_2")) == "iso8859_2"
    assert guess_encoding(HEADER + b"A-1;" + words.encode("cp1250")) == "cp1250"


@pytest.mark.parametrize("words", ["Ł. Kowalski", "Ż. Nowak", "ul. Ś. Wojciecha"])
def test_it_knows_an_initial_by_the_name_behind_it(words):
    assert guess_encoding(HEADER + b"A-1;" + words.encode("cp1250")) == "cp1250"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "Łódź Юля"), ("utf-8-sig", "Łódź Юля"), ("utf-16", "Łódź Юля"), ("cp1251", "Юля"), ("cp1250", "Łódź")],
)
def test_it_recognises_encoding_and_separator(encoding, name, delimiter):
    found = read(table({"clientName": name}, delimiter=delimiter, encoding=encoding))
    assert (found.encoding, found.delimiter) == (encoding, delimiter)
    assert [row.cells[1] for row in found.rows] == [name]


def test_it_reads_big_endian_utf_16():
    content = codecs.BOM_UTF16_BE + (HEADER.decode() + "A-1;Юля;Łódź\r\n").encode("utf-16-be")
    assert [row.cells for row in read(content).rows] == [["A-1", "Юля", "Łódź"]]


def test_it_finds_cyrillic_far_from_the_beginning():
    rows = b"".join(b"A-%d;Anna;Long Street\r\n" % number for number in range(20_000))
    found = read(HEADER + rows + "Я-1;Юля;Москва".encode("cp1251"))
    assert (found.encoding, list(found.rows)[-1].cells[1]) == ("cp1251", "Юля")


def test_it_forgives_the_spelling_of_headers_and_reports_unknown_ones():
    found = read(b" ORDER_NUMBER ;client name;Address;my-notes;\r\nA-1;Anna;Long;x;\r\n")
    assert found.columns == ["orderNumber", "clientName", "address", "", ""]
    assert found.unknown == ["my-notes"]


def test_columns_that_are_ignored_may_have_one_name():
    found = read(b"orderNumber;notes;clientName;notes;address;Notes\r\nA-1;x;Anna;y;Long;z\r\n")
    assert found.columns == ["orderNumber", "", "clientName", "", "address", ""]
    assert [row.fault for row in found.rows] == [""]


def test_it_counts_rows_as_the_file_has_lines():
    content = HEADER + b'A-1;"Anna\r\nNowak";Long\r\n\r\n;;\r\nA-2;Ewa;Long\r\n'
    assert [(row.number, row.cells[0], row.fault) for row in read(content).rows] == [(2, "A-1", ""), (6, "A-2", "")]


def test_it_skips_the_line_in_which_excel_tells_its_separator():
    assert [row.number for row in read(b"sep=;\r\n" + HEADER + b"A-1;Anna;Long\r\n").rows] == [3]


def test_it_refuses_rows_with_too_many_cells_only():
    content = HEADER + b"A-1;Anna\r\nA-2;Anna;Long;more\r\nA-3;Anna;Long\r\nA-4;Anna;Long;;\r\nA-5;Anna; Long;\r\n"
    faults = {row.cells[0]: str(row.reason) for row in read(content).rows}
    sentence = "The row has 4 cells, the header 3: put cells that contain the separator in quotes."
    assert faults == {"A-1": "", "A-2": sentence, "A-3": "", "A-4": "", "A-5": sentence}


def test_it_refuses_one_cell_too_many_between_commas_though_it_is_empty():
    rows = list(read(HEADER.replace(b";", b",") + b"A-1,Anna,Long 5,\r\n").rows)
    assert "4 cells, the header 3" in str(rows[0].reason)


def test_it_fills_up_rows_whose_last_cells_a_spreadsheet_left_out():
    rows = list(read(HEADER.strip() + b";total;comment\r\nA-1;Anna;Long;5\r\nA-2;Ewa\r\n").rows)
    assert [row.cells for row in rows] == [["A-1", "Anna", "Long", "5", ""], ["A-2", "Ewa", "", "", ""]]


def test_it_loses_one_row_to_a_quotation_mark_that_is_never_closed():
    content = HEADER + b'A-1;Anna;Long\r\nA-2;"Ewa;Long\r\nA-3;Ola;Long\r\n'
    rows = list(read(content).rows)
    assert [(row.number, row.cells[0][:3]) for row in rows] == [(2, "A-1"), (3, "A-2"), (4, "A-3")]
    assert "never closed" in str(rows[1].reason)
    assert not rows[2].fault


def test_it_loses_one_row_to_a_quotation_mark_in_the_middle():
    rows = list(read(HEADER + b'A-1;"Bar" Kiosk;Long\r\nA-2;Ewa;Long\r\n').rows)
    assert ["inside a quoted cell twice" in str(row.reason) for row in rows] == [True, False]


def test_it_loses_one_row_to_a_byte_that_is_not_utf_8():
    content = HEADER + "A-1;Łódź Юля;Long\r\n".encode() + b"A-2;\xff;Long\r\nA-3;Ewa;Long\r\n"
    found = read(content)
    assert found.encoding == "utf-8"
    assert ["cannot be read" in str(row.reason) for row in found.rows] == [False, True, False]


def test_it_loses_one_row_to_a_cell_without_end():
    rows = list(read(HEADER + b"A-1;" + b"x" * (csv.field_size_limit() + 1) + b";Long\r\nA-2;Ewa;Long\r\n").rows)
    assert str(rows[0].reason) == "A cell is longer than 131072 characters."
    assert not rows[1].fault


def test_it_knows_the_earlier_rows_of_a_repeated_order():
    rows = list(read(HEADER + b"A-17;Anna;Long\r\nA-2;Ewa;Long\r\n A-17 ;Anna;Long\r\n").rows)
    assert [list(row.earlier) for row in rows] == [[], [], [2]]


def spreadsheet():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    return content.getvalue()


def archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        zipped.writestr("orders.csv", "orderNumber")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (spreadsheet(), "The file is a spreadsheet in Excel's own format: open it there and save it as CSV."),
        (b"\xd0\xcf\x11\xe0rest", "The file is a spreadsheet in Excel's own format: open it there and save it as CSV."),
        (archive(), "The file is an archive (zip): unpack it and upload the CSV inside."),
        (b"%PDF-1.7 ...", "The file is a PDF document, not a table: export the orders as CSV."),
        (b"\x89PNG\r\n...", "The file is a picture, not a table: export the orders as CSV."),
        (b"\x1f\x8b\x08...", "The file is compressed (gzip): unpack it and upload the CSV inside."),
        (b"\x7fELF\0\0", "The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again."),
        (HEADER + b"A\0;b;c\n", "The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again."),
        (
            codecs.BOM_UTF16_LE + (HEADER.decode() + "A\0;b;c").encode("utf-16-le"),
            "Line 2 has a NUL character: this is no text file. Save it as CSV in UTF-8.",
        ),
        (
            b"Dear Anna,\nthe pizza was good.\n",
            "The file is no table of orders: its first line names none of the columns, such as orderNumber, "
            "clientName, address.",
        ),
        (b"orderNumber;clientName\r\n", "The file lacks the column address, which every order needs."),
        (b"total;stage\r\n", "The file lacks the columns orderNumber, clientName, address, which every order needs."),
        (
            b"orderNumber;clientName;address;Order Number\r\n",
            "Two columns have the same header, orderNumber: rename or remove one.",
        ),
        (b"sep=;\r\n\r\n", "The file is no table: it has no line with the names of columns."),
    ],
)
def test_it_refuses_what_is_no_table_of_orders_in_a_sentence(content, sentence):
    assert refusal(content) == sentence


def test_it_refuses_a_file_that_is_too_large_before_reading_it(settings):
    class Unreadable(io.BytesIO):
        def read(self, *_args):
            raise AssertionError("it was read")

    settings.IMPORT_MAX_MEGABYTES = 50
    with pytest.raises(UnreadableFile, match="The file has 200 MB; at most 50 MB are read at once"):
        read_table(Unreadable(), 200 * 1024 * 1024)
