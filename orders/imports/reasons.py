"""Why a file, a row or a cell cannot be used; and remarks on what was read all the same."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.values.emails import IS_NO_EMAIL, ODD_LETTER
from locations.values.reasons import NUMBER, WORDS, Fault, Format, fitting, reasons_of

LONGEST_QUOTED = 60  # characters of a cell


def quoted(cell: str) -> str:
    """A cell as a sentence quotes it."""
    return fitting(cell if len(cell) <= LONGEST_QUOTED else f"{cell[: LONGEST_QUOTED - 3]}…")


def kept_value(value: Any) -> str | dict[str, str]:
    """Of an order's field; a moment is kept as one."""
    if isinstance(value, datetime.datetime):
        return {"at": value.astimezone(datetime.UTC).isoformat()}
    return "" if value is None else fitting(value)


def shown_value(kept: str | dict[str, str]) -> str:
    if isinstance(kept, dict):
        return f"{timezone.localtime(datetime.datetime.fromisoformat(kept['at'])):%d.%m.%Y %H:%M}"
    return kept or "–"


CELL = Format("12a", quoted, str)
VALUE = Format("12.50", kept_value, shown_value)
reason = reasons_of("imports")

# --- The file ---

UPLOAD_BROKE_OFF = reason("upload_broke_off", _("The upload broke off: upload the file again."))
TOO_LARGE = reason(
    "too_large",
    _("The file is too large to be read at once."),
    _("The file has %(size)s MB; at most %(limit)s MB are read at once: split it into several."),
    size=NUMBER,
    limit=NUMBER,
)
EMPTY_FILE = reason("empty_file", _("The file is empty."))
EXCEL = reason("excel", _("The file is a spreadsheet in Excel's own format: open it there and save it as CSV."))
LIBREOFFICE = reason(
    "libreoffice", _("The file is a spreadsheet in LibreOffice's own format: open it there and save it as CSV.")
)
ARCHIVE = reason("archive", _("The file is an archive (zip): unpack it and upload the CSV inside."))
PDF = reason("pdf", _("The file is a PDF document, not a table: export the orders as CSV."))
PICTURE = reason("picture", _("The file is a picture, not a table: export the orders as CSV."))
COMPRESSED = reason("compressed", _("The file is compressed (gzip): unpack it and upload the CSV inside."))
NUL_BYTES = reason(
    "nul_bytes", _("The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again.")
)
NUL_LINE = reason(
    "nul_line",
    _("The file is not text: a line has a NUL character."),
    _("Line %(line)s has a NUL character: this is no text file. Save it as CSV in UTF-8."),
    line=NUMBER,
)
NO_TABLE = reason(
    "no_table",
    _("The file is no table of orders."),
    _("The file is no table of orders: its first line names none of the columns, such as %(names)s."),
    names=WORDS,
)
NO_HEADER = reason("no_header", _("The file is no table: it has no line with the names of columns."))
HEADER_TWICE = reason(
    "header_twice",
    _("Two columns have the same header."),
    _("Two columns have the same header, %(names)s: rename or remove one."),
    names=WORDS,
)
LACKS_COLUMN = reason(
    "lacks_column",
    _("The file lacks a column that every order needs."),
    _("The file lacks the column %(names)s, which every order needs."),
    names=WORDS,
)
LACKS_COLUMNS = reason(
    "lacks_columns",
    _("The file lacks columns that every order needs."),
    _("The file lacks the columns %(names)s, which every order needs."),
    names=WORDS,
)
NO_ORDERS = reason("no_orders", _("The file has a header but no orders below it."))
TOO_MANY_UNREADABLE = reason(
    "too_many_unreadable",
    _("Too many rows cannot be read because of their quotation marks."),
    _("Up to line %(line)s, %(count)s rows cannot be read because of their quotation marks: save it as CSV anew."),
    line=NUMBER,
    count=NUMBER,
)
FAILED_READING = reason(
    "failed_reading",
    _("The program failed three times to read the file; its log has the details. Nothing was written."),
    fault=Fault.US,
    remedy=_("Look into the log of the worker, then upload the file again."),
)
FAILED_ROWS = reason(
    "failed_rows",
    _("The program failed three times in some rows of the file."),
    _("The program failed three times in rows %(first)s to %(last)s of the file; its log has the details."),
    fault=Fault.US,
    remedy=_("Look at these rows, then upload the file again."),
    first=NUMBER,
    last=NUMBER,
)
NOTHING_WRITTEN = reason("nothing_written", _("Nothing was written. Look at these rows, then upload the file again."))
BEGINNING_STAYS = reason(
    "beginning_stays",
    _(
        "What was imported before them stays. Look at these rows, then upload the file again: what is in already is "
        "not written twice, and nobody is told twice."
    ),
)

# --- A row ---

NEVER_CLOSED = reason("never_closed", _("A quotation mark that opens a cell is never closed: close it, or remove it."))
QUOTATION_MARK = reason(
    "quotation_mark",
    _("A quotation mark ends a cell in the middle: write quotation marks inside a quoted cell twice."),
)
LONG_CELL = reason(
    "long_cell", _("A cell is too long."), _("A cell is longer than %(limit)s characters."), limit=NUMBER
)
LONG_LINE = reason(
    "long_line", _("The line is too long."), _("The line has more than %(limit)s characters."), limit=NUMBER
)
UNDECODABLE = reason(
    "undecodable", _("The row has a character that cannot be read in the file's encoding: save the file as UTF-8.")
)
MANY_CELLS = reason(
    "many_cells",
    _("The row has more cells than the header."),
    _("The row has %(count)s cells, the header %(width)s: put cells that contain the separator in quotes."),
    count=NUMBER,
    width=NUMBER,
)
REPEATED = reason(
    "repeated",
    _("The row repeats an order."),
    _("The row repeats order %(number)s of row %(earlier)s: keep one of them."),
    number=WORDS,
    earlier=NUMBER,
)

# --- A cell ---

EMPTY_CELL = reason("empty_cell", _("The cell is empty; every order needs it."))
LONG_TEXT = reason(
    "long_text",
    _("The text is too long."),
    _("The text has %(length)s characters, at most %(limit)s fit: shorten it."),
    length=NUMBER,
    limit=NUMBER,
)
NUL_CHARACTER = reason("nul_character", _("The text has a NUL character: remove it."))
SHORTENED_PHONE = reason(
    "shortened_phone",
    _("A spreadsheet shortened the phone number."),
    _(
        "“%(cell)s” is a number that a spreadsheet shortened, its last digits are lost: format the column as "
        "text, enter the phones again and export the file once more."
    ),
    cell=WORDS,
)
SEVERAL_PHONES = reason(
    "several_phones",
    _("More than one phone number."),
    _("“%(cell)s” is more than one phone number: keep one."),
    cell=CELL,
)
LETTERS_IN_PHONE = reason(
    "letters_in_phone",
    _("Letters in a phone number."),
    _("“%(cell)s” has letters in a phone number: keep the digits only."),
    cell=CELL,
)
NO_PHONE = reason(
    "no_phone",
    _("Not a phone number."),
    _("“%(cell)s” is not a phone number in %(country)s: write it like %(example)s."),
    cell=CELL,
    country=WORDS,
    example=WORDS,
)
LONG_EMAIL = reason(
    "long_email",
    _("The e-mail address is too long."),
    _("The e-mail address has %(length)s characters, at most 254 fit."),
    length=NUMBER,
)
LETTER_IN_EMAIL = reason(
    "letter_in_email", _("The e-mail address has letters that are not Latin."), ODD_LETTER, value=WORDS, odd=WORDS
)
NO_EMAIL = reason("no_email", _("Not an e-mail address."), IS_NO_EMAIL, value=WORDS)
NO_AMOUNT = reason(
    "no_amount",
    _("Not an amount."),
    _("“%(cell)s” is not an amount: write it like 1234.50 or 1 234,50, without a currency."),
    cell=CELL,
)
LARGE_AMOUNT = reason("large_amount", _("Too large an amount."), _("“%(cell)s” is too large an amount."), cell=CELL)
NO_MOMENT = reason(
    "no_moment",
    _("Not a date and time."),
    _("“%(cell)s” is not a date and time: write it like 2026-03-31 14:30 or 31.03.2026 14:30."),
    cell=CELL,
)
NO_TIME_OF_DAY = reason(
    "no_time_of_day",
    _("The time of day is missing."),
    _("“%(cell)s” has no time of day: write it like 31.03.2026 14:30."),
    cell=CELL,
)
NO_MINUTES = reason(
    "no_minutes",
    _("Not a number of minutes."),
    _("“%(cell)s” is not a number of minutes: write a whole number like 45."),
    cell=CELL,
)
NO_GENDER = reason(
    "no_gender",
    _("Not a gender."),
    _("“%(cell)s” is not a gender: write male or female, or leave the cell empty."),
    cell=CELL,
)
NO_LANGUAGE = reason(
    "no_language",
    _("Not a language of ours."),
    _("“%(cell)s” is not a language of ours: write en, pl, ru or uk."),
    cell=CELL,
)
NO_FULFILMENT = reason(
    "no_fulfilment",
    _("Not a kind of fulfilment."),
    _("“%(cell)s” is not a kind of fulfilment: write delivery, pickup or dine_in."),
    cell=CELL,
)
NO_CURRENCY = reason(
    "no_currency",
    _("Not a currency."),
    _("“%(cell)s” is not a currency: write three letters like PLN."),
    cell=CELL,
)
NO_DEPARTMENT = reason("no_department", _("No such department."), _("There is no department “%(name)s”."), name=WORDS)
NO_ZONE = reason("no_zone", _("No such delivery zone."), _("There is no delivery zone “%(name)s”."), name=WORDS)
NO_STAGE = reason("no_stage", _("No such stage."), _("There is no stage “%(name)s”."), name=WORDS)
THERE_ARE = reason("there_are", _("There are others."), _("There are: %(names)s."), names=WORDS)
NONE_SET_UP = reason("none_set_up", _("None is set up yet."))

# --- Remarks ---

PROMISE_LEFT_OUT = reason(
    "promise_left_out",
    _("Minutes promised from a bare date are left out."),
    _("placedAt has no time of day, so the %(minutes)s minutes promised are left out."),
    minutes=NUMBER,
)
EMAIL_KEPT = reason(
    "email_kept",
    _("The location keeps its e-mail."),
    _("The location keeps its e-mail %(kept)s; the order has %(new)s."),
    kept=WORDS,
    new=WORDS,
)
CORRECTED_BY_HAND = reason(
    "corrected_by_hand",
    _("A value that was corrected by hand is kept."),
    _("%(name)s %(kept)s kept: corrected by hand; the file says %(offered)s as before."),
    name=WORDS,
    kept=VALUE,
    offered=VALUE,
)
