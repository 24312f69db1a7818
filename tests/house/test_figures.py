"""The table of figures in the documentation is written by the measurements themselves."""

from benchmarks.figures import BEGIN, END, PAGE, cells, rows_of, write

ROWS = "| sending | SQLite | old; floor 1 | 2026-01-01 |\n| live | SQLite | kept | 2026-01-01 |\n"
OLD = f"# Figures\n\n{BEGIN}{ROWS}{END}\n\nMore.\n"


def test_a_measurement_puts_its_lines_in_the_place_of_its_old_ones(tmp_path):
    page = tmp_path / "figures.md"
    page.write_text(OLD)
    write(
        [("sending", "SQLite", "10 | 20/s; floor 5 met"), ("sending", "SQLite", "second"), ("pace", "SQLite", "all")],
        page,
    )
    text = page.read_text()
    rows = [cells(row)[:3] for row in rows_of(text)]
    assert rows == [
        ["live", "SQLite", "kept"],
        ["pace", "SQLite", "all"],
        ["sending", "SQLite", "10 / 20/s; floor 5 met"],
        ["sending", "SQLite", "second"],
    ]
    assert text.startswith("# Figures\n")
    assert text.endswith("More.\n")


def test_the_page_has_room_for_them():
    text = PAGE.read_text()
    assert text.count(BEGIN) == text.count(END) == 1
