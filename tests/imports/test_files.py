"""The files we give out: refused rows, disarmed, that can be mended and sent again; and an example that imports."""

import csv

from django.urls import reverse

from orders.imports.columns import COLUMNS
from orders.models import Order
from tests.imports.sending import counts, faults, send, table, upload

FORMULA = '=HYPERLINK("http://example.com","x")'


def download(page, run):
    answer = page.get(reverse("admin:imports_import_refused", args=[run.pk]))
    assert "attachment" in answer["Content-Disposition"]
    return answer.getvalue()


def rows_of(content, delimiter):
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=delimiter))


def test_it_gives_the_refused_rows_with_their_problems(page):
    content = table({"total": "x", "comment": "один"}, {}, {"total": "y", "contactPhone": "1"}, delimiter="\t")
    given = rows_of(download(page, send(page, content)), "\t")
    assert [row["orderNumber"] for row in given] == ["A-1", "A-3"]
    assert given[0]["comment"] == "один"
    assert given[0]["problem"].startswith("Row 2, total: “x” is not an amount")
    assert "Row 4, total" in given[1]["problem"]
    assert "Row 4, contactPhone" in given[1]["problem"]


def test_it_disarms_formulas_in_what_it_gives_out(page):
    cells = {"clientName": FORMULA, "comment": "@SUM(A1)", "district": "-1+1", "contactPhone": "+1", "=x": "=y"}
    content = download(page, upload(page, table(cells)))
    (row,) = rows_of(content, ";")
    assert row["clientName"] == f"'{FORMULA}"
    assert (row["comment"], row["district"], row["contactPhone"]) == ("'@SUM(A1)", "'-1+1", "'+1")
    assert row["'=x"] == "'=y"


def test_it_takes_the_mended_rows_back_as_they_were(page):
    content = download(page, send(page, table({"clientName": FORMULA, "total": "x", "contactPhone": "+48501234567"})))
    run = send(page, content.replace(b";x;", b";5;"))
    assert counts(run) == (1, 0, 0, 0), faults(run)
    assert run.layout["unknown"] == ["problem"]
    assert Order.objects.get().location.client_name == FORMULA


def test_it_gives_rows_that_have_no_columns(page):
    content = b'orderNumber;clientName;address\nA-1;"Anna;Long\nA-2;Ewa;Long;more\n'
    given = download(page, upload(page, content)).decode("utf-8-sig").splitlines()
    assert given[0] == "orderNumber;clientName;address;problem"
    assert "never closed" in given[1]
    assert given[2].startswith("A-2;Ewa;Long;more;")


def test_its_example_has_every_column_and_imports(page):
    example = page.get(reverse("admin:imports_import_example")).content
    run = send(page, example)
    assert counts(run) == (3, 0, 0, 0), faults(run)
    assert (run.layout["encoding"], run.layout["delimiter"]) == ("utf-8-sig", ";")
    assert run.layout["columns"] == [column.header for column in COLUMNS]
