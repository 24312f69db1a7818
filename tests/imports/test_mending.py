"""The loop of mending refused rows, and files with one broken byte."""

from django.urls import reverse

from orders.imports.models import ImportState
from orders.models import Order
from tests.imports.sending import counts, faults, send, table, upload


def refused_file(page, run) -> bytes:
    answer = page.get(reverse("admin:imports_import_refused", args=[run.pk]))
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_it_takes_its_own_file_of_refused_rows_again_and_again(page):
    run = upload(page, table({"total": "x"}, {"contactPhone": "12"}))
    for _round in range(3):
        file = refused_file(page, run)
        assert file.decode("utf-8-sig").splitlines()[0].count("problem") == 1
        run = upload(page, file)
        assert (run.state, counts(run)) == (ImportState.CHECKED, (0, 0, 0, 2))


def test_one_broken_byte_costs_one_row_and_not_the_language_of_the_file(page):
    rows = [{"clientName": "André"}, *({"clientName": f"Żaneta Więcek {n}"} for n in range(40))]
    file = table(*rows).replace("André".encode(), b"Andr\xe9", 1)
    run = send(page, file)
    assert counts(run) == (40, 0, 0, 1)
    assert [row for row, _column, _sentence in faults(run)] == [2]
    assert Order.objects.filter(location__client_name="Żaneta Więcek 7").exists()


def test_an_open_quote_does_not_move_the_blame_for_a_broken_byte(page):
    names = [{"clientName": name} for name in ("S1", "S2", "S3", "S4", *["Żółć Łąka"] * 9)]
    file = table(*names)
    lines = file.splitlines(keepends=True)
    lines[2] = lines[2].replace(b"S2", b'"open')
    lines[4] = lines[4].replace(b"S4", b"S\xff4")
    run = send(page, b"".join(lines))
    assert [row for row, _column, _sentence in faults(run)] == [3, 5]
