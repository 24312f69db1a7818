"""Sentences that earlier versions stored become reasons: of imports, of rows and cells, of remarks.

One chunk at a time is in memory. May be run again: what is a reason already stays one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

import orders.imports.reasons  # noqa: F401 declares the codes
from locations.rows.old_sentences import Sentence, from_sentence, into_reasons, into_sentences
from locations.values.reasons import Reason

EXAMPLES = 100
LOOK = r"Look at these rows, then upload the file again"
KNOWN = [
    # Files
    Sentence(r"The upload broke off: upload the file again\.", "imports.upload_broke_off"),
    Sentence(
        r"The file has (?P<size>\d+) MB; at most (?P<limit>\d+) MB are read at once: split it into several\.",
        "imports.too_large",
    ),
    Sentence(r"The file is empty\.", "imports.empty_file"),
    Sentence(r"The file is a spreadsheet in Excel's own format: .*", "imports.excel"),
    Sentence(r"The file is a spreadsheet in LibreOffice's own format: .*", "imports.libreoffice"),
    Sentence(r"The file is an archive \(zip\): .*", "imports.archive"),
    Sentence(r"The file is a PDF document, .*", "imports.pdf"),
    Sentence(r"The file is a picture, .*", "imports.picture"),
    Sentence(r"The file is compressed \(gzip\): .*", "imports.compressed"),
    Sentence(r"The file is not text: it has NUL bytes\. .*", "imports.nul_bytes"),
    Sentence(r"Line (?P<line>\d+) has a NUL character: this is no text file\. .*", "imports.nul_line"),
    Sentence(
        r"The file is no table of orders: its first line names none of the columns, such as (?P<names>.*)\.",
        "imports.no_table",
    ),
    Sentence(r"The file is no table: it has no line with the names of columns\.", "imports.no_header"),
    Sentence(r"Two columns have the same header, (?P<names>.*): rename or remove one\.", "imports.header_twice"),
    Sentence(r"The file lacks the column (?P<names>.*), which every order needs\.", "imports.lacks_column"),
    Sentence(r"The file lacks the columns (?P<names>.*), which every order needs\.", "imports.lacks_columns"),
    Sentence(r"The file has a header but no orders below it\.", "imports.no_orders"),
    Sentence(
        r"Up to line (?P<line>\d+), (?P<count>\d+) rows cannot be read because of their quotation marks: .*",
        "imports.too_many_unreadable",
    ),
    Sentence(r"The program failed three times to read the file; .* Nothing was written\.", "imports.failed_reading"),
    Sentence(
        r"The program failed three times in rows (?P<first>\d+) to (?P<last>\d+) of the file; its log has the details\.",
        "imports.failed_rows",
    ),
    Sentence(rf"(?P<why>.*) Nothing was written\. {LOOK}\.", "imports.nothing_written"),
    Sentence(rf"(?P<why>.*) What was imported before them stays\. {LOOK}: .*", "imports.beginning_stays"),
    # Rows
    Sentence(r"A quotation mark that opens a cell is never closed: close it, or remove it\.", "imports.never_closed"),
    Sentence(r"A quotation mark ends a cell in the middle: .*", "imports.quotation_mark"),
    Sentence(r"A cell is longer than (?P<limit>\d+) characters\.", "imports.long_cell"),
    Sentence(r"The line has more than (?P<limit>\d+) characters\.", "imports.long_line"),
    Sentence(r"The row has a character that cannot be read in the file's encoding: .*", "imports.undecodable"),
    Sentence(r"The row has (?P<count>\d+) cells, the header (?P<width>\d+): put .*", "imports.many_cells"),
    Sentence(r"The row repeats order (?P<number>.*) of row (?P<earlier>\d+): keep one of them\.", "imports.repeated"),
    # Cells
    Sentence(r"The cell is empty; every order needs it\.", "imports.empty_cell"),
    Sentence(r"The text has (?P<length>\d+) characters, at most (?P<limit>\d+) fit: shorten it\.", "imports.long_text"),
    Sentence(r"The text has a NUL character: remove it\.", "imports.nul_character"),
    Sentence(r"“(?P<cell>.*)” is a number that a spreadsheet shortened, .*", "imports.shortened_phone"),
    Sentence(r"“(?P<cell>.*)” is more than one phone number: keep one\.", "imports.several_phones"),
    Sentence(r"“(?P<cell>.*)” has letters in a phone number: keep the digits only\.", "imports.letters_in_phone"),
    Sentence(
        r"“(?P<cell>.*)” is not a phone number in (?P<country>\w*): write it like (?P<example>.*)\.",
        "imports.no_phone",
    ),
    Sentence(r"The e-mail address has (?P<length>\d+) characters, at most 254 fit\.", "imports.long_email"),
    Sentence(r"“(?P<value>.*)” has the letter “(?P<odd>.)”; an e-mail address .*", "imports.letter_in_email"),
    Sentence(r"W „(?P<value>.*)” jest litera „(?P<odd>.)”; adres e-mail .*", "imports.letter_in_email"),
    Sentence(r"В «(?P<value>.*)» есть буква «(?P<odd>.)»; в адресе e-mail .*", "imports.letter_in_email"),
    Sentence(r"У «(?P<value>.*)» є літера «(?P<odd>.)»; в адресі e-mail .*", "imports.letter_in_email"),
    Sentence(r"“(?P<value>.*)” is not an e-mail address; write it like name@example\.com\.", "imports.no_email"),
    Sentence(r"„(?P<value>.*)” nie jest adresem e-mail; napisz go tak: name@example\.com\.", "imports.no_email"),
    Sentence(r"«(?P<value>.*)» — не адрес e-mail; напишите его так: name@example\.com\.", "imports.no_email"),
    Sentence(r"«(?P<value>.*)» — не адреса e-mail; напишіть її так: name@example\.com\.", "imports.no_email"),
    Sentence(r"“(?P<cell>.*)” is not an amount: .*", "imports.no_amount"),
    Sentence(r"“(?P<cell>.*)” is too large an amount\.", "imports.large_amount"),
    Sentence(r"“(?P<cell>.*)” is not a date and time: .*", "imports.no_moment"),
    Sentence(r"“(?P<cell>.*)” has no time of day: .*", "imports.no_time_of_day"),
    Sentence(r"“(?P<cell>.*)” is not a number of minutes: .*", "imports.no_minutes"),
    Sentence(r"“(?P<cell>.*)” is not a gender: .*", "imports.no_gender"),
    Sentence(r"“(?P<cell>.*)” is not a language of ours: .*", "imports.no_language"),
    Sentence(r"“(?P<cell>.*)” is not a kind of fulfilment: .*", "imports.no_fulfilment"),
    Sentence(r"“(?P<cell>.*)” is not a currency: .*", "imports.no_currency"),
    Sentence(r"There is no department “(?P<name>.*)”\.", "imports.no_department"),
    Sentence(r"There is no delivery zone “(?P<name>.*)”\.", "imports.no_zone"),
    Sentence(r"There is no stage “(?P<name>.*)”\.", "imports.no_stage"),
    Sentence(r"(?P<why>There is no .*”\.) There are: (?P<names>.*)\.", "imports.there_are"),
    Sentence(r"(?P<why>There is no .*”\.) None is set up yet\.", "imports.none_set_up"),
    # Remarks
    Sentence(
        r"placedAt has no time of day, so the (?P<minutes>\d+) minutes promised are left out\.",
        "imports.promise_left_out",
    ),
    Sentence(r"The location keeps its e-mail (?P<kept>.*); the order has (?P<new>.*)\.", "imports.email_kept"),
    Sentence(
        r"(?P<name>\w+) (?P<kept>.*) kept: corrected by hand; the file says (?P<offered>.*) as before\.",
        "imports.corrected_by_hand",
    ),
    Sentence(
        r"(?P<time>\S+ \S+) comes twice, since clocks go back then: the first is taken\.", "locations.time_comes_twice"
    ),
    Sentence(
        r"(?P<time>\S+ \S+) does not exist, since clocks go forward then: read as (?P<later>.*)\.",
        "locations.time_does_not_exist",
    ),
]


Into = Callable[[str], str]


def read_sentences(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    run_model = apps.get_model("imports", "Import")
    into_reasons(run_model.objects, "problem", KNOWN)
    rewrite_chunks(apps, lambda text: from_sentence(text, KNOWN).text if text else "")
    for run in one_by_one(run_model):
        rewrite_remarks(run, lambda text: from_sentence(text, KNOWN).text)
        count_faults(apps, run)
        run.save(update_fields=["preview", "report"])


def word_reasons(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back: an earlier version shows what it finds as it stands."""
    run_model = apps.get_model("imports", "Import")
    into_sentences(run_model.objects, ["problem"])
    rewrite_chunks(apps, lambda text: str(Reason(text)))
    for run in one_by_one(run_model):
        rewrite_remarks(run, lambda text: str(Reason(text)))
        run.save(update_fields=["preview", "report"])


def one_by_one(model: type[Model]) -> Iterator[Any]:
    """Each row by itself: what is changed is not read on at the same time."""
    for key in model._default_manager.order_by("pk").values_list("pk", flat=True):
        yield model._default_manager.get(pk=key)


def rewrite_chunks(apps: Apps, into: Into) -> None:
    chunks = apps.get_model("imports", "ImportChunk").objects
    for key in chunks.order_by("pk").values_list("pk", flat=True):
        rows, refused = chunks.values_list("rows", "refused").get(pk=key)
        faulty = [row for row in rows if len(row) > 2 and row[2]]
        if not faulty and not refused:
            continue
        for row in faulty:
            row[2] = into(row[2])
        for _row, faults in refused:
            for fault in faults:
                fault[1] = into(fault[1])
        chunks.filter(pk=key).update(rows=rows, refused=refused)


def rewrite_remarks(run: Any, into: Into) -> None:
    for found in (run.preview, run.report):
        for note in found.get("notes", []):
            note[2] = into(note[2])


def count_faults(apps: Apps, run: Any) -> None:
    """What the page filters by, as the check and the import count it today."""
    chunks = apps.get_model("imports", "ImportChunk").objects.filter(run_id=run.pk).order_by("position")
    counted = {"preview": Counter(), "report": Counter()}
    places = {"preview": defaultdict(list), "report": defaultdict(list)}
    for position, is_done, refused in chunks.values_list("position", "is_done", "refused").iterator(chunk_size=1):
        codes = Counter(Reason(text).code for _row, faults in refused for _column, text in faults)
        for name in counted:
            if is_done or (name == "preview" and run.state != "checking"):
                counted[name].update(codes)
                for code in codes:
                    places[name][code].append(position)
    for name in counted:
        if found := getattr(run, name):
            found["faults"] = counted[name]
            found["fault_chunks"] = {code: where[:EXAMPLES] for code, where in places[name].items()}


class Migration(migrations.Migration):
    dependencies = [("imports", "0009_reasons")]

    operations = [migrations.RunPython(read_sentences, word_reasons)]
