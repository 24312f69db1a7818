"""What an earlier version stored in English sentences: codes with values after the update, worded as before."""

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from locations.rows.old_sentences import from_sentence
from locations.values.reasons import Reason
from orders.imports.models import Import, ImportChunk, ImportState
from tests.imports.sending import press, run_tasks

KNOWN = import_module("orders.imports.migrations.0010_old_reasons").KNOWN
FILES = {
    "upload_broke_off": "The upload broke off: upload the file again.",
    "too_large": "The file has 61 MB; at most 50 MB are read at once: split it into several.",
    "empty_file": "The file is empty.",
    "excel": "The file is a spreadsheet in Excel's own format: open it there and save it as CSV.",
    "libreoffice": "The file is a spreadsheet in LibreOffice's own format: open it there and save it as CSV.",
    "archive": "The file is an archive (zip): unpack it and upload the CSV inside.",
    "pdf": "The file is a PDF document, not a table: export the orders as CSV.",
    "picture": "The file is a picture, not a table: export the orders as CSV.",
    "compressed": "The file is compressed (gzip): unpack it and upload the CSV inside.",
    "nul_bytes": "The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again.",
    "nul_line": "Line 602 has a NUL character: this is no text file. Save it as CSV in UTF-8.",
    "no_table": "The file is no table of orders: its first line names none of the columns, such as orderNumber, "
    "clientName, address.",
    "no_header": "The file is no table: it has no line with the names of columns.",
    "header_twice": "Two columns have the same header, total: rename or remove one.",
    "lacks_column": "The file lacks the column address, which every order needs.",
    "lacks_columns": "The file lacks the columns clientName, address, which every order needs.",
    "no_orders": "The file has a header but no orders below it.",
    "too_many_unreadable": "Up to line 10002, 10000 rows cannot be read because of their quotation marks: save it as "
    "CSV anew.",
    "failed_reading": "The program failed three times to read the file; its log has the details. Nothing was written.",
    "failed_rows": "The program failed three times in rows 2 to 501 of the file; its log has the details. Nothing was "
    "written. Look at these rows, then upload the file again.",
}
ROWS = {
    "never_closed": "A quotation mark that opens a cell is never closed: close it, or remove it.",
    "quotation_mark": "A quotation mark ends a cell in the middle: write quotation marks inside a quoted cell twice.",
    "long_cell": "A cell is longer than 131072 characters.",
    "long_line": "The line has more than 262144 characters.",
    "undecodable": "The row has a character that cannot be read in the file's encoding: save the file as UTF-8.",
    "many_cells": "The row has 4 cells, the header 3: put cells that contain the separator in quotes.",
    "repeated": "The row repeats order A-1 of row 2: keep one of them.",
}
CELLS = {
    "empty_cell": "The cell is empty; every order needs it.",
    "long_text": "The text has 256 characters, at most 255 fit: shorten it.",
    "nul_character": "The text has a NUL character: remove it.",
    "shortened_phone": "“4.8501E+10” is a number that a spreadsheet shortened, its last digits are lost: format the "
    "column as text, enter the phones again and export the file once more.",
    "several_phones": "“501 234 567, 502 345 678” is more than one phone number: keep one.",
    "letters_in_phone": "“Anna 501 234 567” has letters in a phone number: keep the digits only.",
    "no_phone": "“12” is not a phone number in PL: write it like +48 512 345 678.",
    "long_email": "The e-mail address has 255 characters, at most 254 fit.",
    "letter_in_email": "“адрес@domain.ru” has the letter “а”; an e-mail address uses Latin letters only.",
    "no_email": "“domain.ru” is not an e-mail address; write it like name@example.com.",
    "no_amount": "“12 “zł”” is not an amount: write it like 1234.50 or 1 234,50, without a currency.",
    "large_amount": "“12345678901” is too large an amount.",
    "no_moment": "“tomorrow” is not a date and time: write it like 2026-03-31 14:30 or 31.03.2026 14:30.",
    "no_time_of_day": "“31.03.2026” has no time of day: write it like 31.03.2026 14:30.",
    "no_minutes": "“45.5” is not a number of minutes: write a whole number like 45.",
    "no_gender": "“x” is not a gender: write male or female, or leave the cell empty.",
    "no_language": "“xx” is not a language of ours: write en, pl, ru or uk.",
    "no_fulfilment": "“by pigeon” is not a kind of fulfilment: write delivery, pickup or dine_in.",
    "no_currency": "“dollars” is not a currency: write three letters like PLN.",
    "no_department": "There is no department “Moon”. None is set up yet.",
    "no_zone": "There is no delivery zone “Moon”. There are: North, South.",
    "no_stage": "There is no stage “Flying”. There are: New, Ready ….",
}
REMARKS = {
    "imports.promise_left_out": "placedAt has no time of day, so the 45 minutes promised are left out.",
    "imports.email_kept": "The location keeps its e-mail a@example.com; the order has b@example.com.",
    "imports.corrected_by_hand": "planned_arrival – kept: corrected by hand; the file says 01.06.2037 14:00 as before.",
    "locations.time_comes_twice": "31.10.2027 02:30 comes twice, since clocks go back then: the first is taken.",
    "locations.time_does_not_exist": "28.03.2027 02:30 does not exist, since clocks go forward then: read as 03:30.",
}
ALL = [(f"imports.{code}", text) for code, text in (FILES | ROWS | CELLS).items()] + list(REMARKS.items())


@pytest.mark.parametrize(("code", "sentence"), ALL)
def test_each_sentence_of_before_has_its_code_and_its_words(code, sentence):
    reason = from_sentence(sentence, KNOWN)
    assert (reason.code, str(reason)) == (code, sentence)
    assert from_sentence(reason.text, KNOWN) == reason


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("no_email", "„domain.ru” nie jest adresem e-mail; napisz go tak: name@example.com."),
        ("no_email", "«domain.ru» — не адрес e-mail; напишите его так: name@example.com."),
        ("no_email", "«domain.ru» — не адреса e-mail; напишіть її так: name@example.com."),
        ("letter_in_email", "W „ą@b.pl” jest litera „ą”; adres e-mail ma tylko litery łacińskie bez znaków."),
        ("letter_in_email", "В «ф@b.ru» есть буква «ф»; в адресе e-mail бывают только латинские буквы."),
        ("letter_in_email", "У «ї@b.ua» є літера «ї»; в адресі e-mail бувають лише латинські літери."),
    ],
)
def test_what_was_said_in_another_language_has_a_code_too(code, sentence):
    assert from_sentence(sentence, KNOWN).code == f"imports.{code}"


def test_what_nobody_knows_stays_as_it_was_said():
    reason = from_sentence("Something of a version long ago.", KNOWN)
    assert (reason.code, str(reason)) == ("told.words", "Something of a version long ago.")


@pytest.fixture
def version_before(transactional_db):
    """A database of the version before; afterwards it is one of today again."""
    call_command("migrate", "imports", "0008", verbosity=0)
    loader = MigrationLoader(connection)
    yield loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes]).apps
    call_command("migrate", verbosity=0)


LAYOUT = {
    "encoding": "utf-8",
    "delimiter": ";",
    "headers": ["orderNumber", "clientName", "address", "total"],
    "columns": ["orderNumber", "clientName", "address", "total"],
    "unknown": [],
}


def old_import(apps, state, chunks, **fields):
    """As the version before left it: a chunk is (rows, refused, is_done)."""
    run = apps.get_model("imports", "Import").objects.create(
        file_name="old.csv", layout=LAYOUT, state=state, row_count=9, language="pl", **fields
    )
    for position, (rows, refused, is_done) in enumerate(chunks):
        apps.get_model("imports", "ImportChunk").objects.create(
            run=run, position=position, first_row=rows[0][0], rows=rows, refused=refused, is_done=is_done
        )
    return run.pk


def row(number, total="5", fault=""):
    return [number, [f"A-{number}", "Anna", "Long Street 5", total], fault, []]


BROKEN = row(3, fault=ROWS["never_closed"])
FIRST = ([row(2, "x"), BROKEN], [[2, [["total", CELLS["no_amount"]]]], [3, [["", ROWS["never_closed"]]]]], True)
SECOND = ([row(4), row(5, "y")], [[5, [["total", CELLS["no_amount"]], ["zone", "Long ago."]]]], True)
NOTED = {"notes": [[2, "A-2", text] for text in REMARKS.values()], "noted": 5, "created": 1, "refused": 3}


def test_an_import_that_is_done_keeps_its_refused_rows_and_can_be_looked_through(version_before, client, admin_user):
    found = old_import(version_before, "done", [FIRST, SECOND], preview=NOTED, report=NOTED)
    broken = old_import(version_before, "unreadable", [], problem=FILES["nul_line"])
    failed = old_import(version_before, "failed", [FIRST], problem=FILES["failed_rows"], preview=NOTED)
    call_command("migrate", "imports", verbosity=0)

    run = Import.objects.get(pk=found)
    assert run.report["faults"] == {"imports.no_amount": 2, "imports.never_closed": 1, "told.words": 1}
    assert [Reason(text).code for _row, _number, text in run.report["notes"]] == list(REMARKS)
    assert run.chunks.order_by("position")[0].rows[1][2] == "imports.never_closed"
    assert Import.objects.get(problem__code="imports.nul_line").pk == broken
    assert str(Import.objects.get(pk=failed).problem) == FILES["failed_rows"]
    client.force_login(admin_user)
    address = reverse("admin:imports_import_change", args=[found])
    html = client.get(address).content.decode()
    for text in (CELLS["no_amount"], ROWS["never_closed"], "Long ago.", *REMARKS.values()):
        assert text in html
    html = client.get(address, {"reason": "imports.never_closed"}).content.decode()
    assert ROWS["never_closed"] in html
    assert CELLS["no_amount"] not in html


def test_an_import_goes_on_after_the_update_where_it_was(version_before, client, admin_user):
    undone = (*SECOND[:2], False)
    checked = old_import(version_before, "checked", [FIRST, SECOND], preview=NOTED)
    half = old_import(version_before, "committing", [FIRST, undone], preview=NOTED, report=NOTED, source="half")
    checking = old_import(version_before, "checking", [FIRST, undone], preview=NOTED, source="checking")
    call_command("migrate", "imports", verbosity=0)

    assert Import.objects.get(pk=half).preview["faults"]["imports.no_amount"] == 2
    assert Import.objects.get(pk=half).report["faults"]["imports.no_amount"] == 1
    assert Import.objects.get(pk=checking).preview["faults"]["imports.no_amount"] == 1
    client.force_login(admin_user)
    for run in (checked, half, checking):
        press(client, "commit" if run == checked else "continue", Import.objects.get(pk=run))
    run_tasks()
    assert Import.objects.get(pk=checked).report["faults"] == {"imports.no_amount": 2, "imports.never_closed": 1}
    assert Import.objects.get(pk=half).report["faults"]["imports.no_amount"] == 2
    assert Import.objects.get(pk=checking).state == ImportState.CHECKED
    codes = {
        Reason(text).code
        for refused in ImportChunk.objects.values_list("refused", flat=True)
        for _row, faults in refused
        for _column, text in faults
    }
    assert codes == {"imports.no_amount", "imports.never_closed"}


def test_the_way_back_has_sentences_again(version_before):
    found = old_import(version_before, "done", [FIRST], report=NOTED, problem=FILES["no_orders"])
    call_command("migrate", "imports", verbosity=0)
    call_command("migrate", "imports", "0008", verbosity=0)
    run = version_before.get_model("imports", "Import").objects.get(pk=found)
    assert (run.problem, run.report["notes"]) == (FILES["no_orders"], NOTED["notes"])
    chunk = run.chunks.get()
    assert (chunk.rows, chunk.refused) == (FIRST[0], FIRST[1])
