"""Files we give out: the refused rows of an import, and an example to begin with."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from locations.values.reasons import Reason
from orders.models import Stage

from ..columns import COLUMNS, spelling
from ..models import Import
from ..reading.formulas import disarmed
from ..reading.reading import PROBLEM_HEADER

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else

_EXAMPLES = [
    {
        "orderNumber": "A-1001",
        "clientName": "Anna Nowak",
        "address": "ul. Długa 12/5, 31-146 Kraków",
        "contactPhone": "0048 512 345 678",
        "contactEmail": "anna.nowak@example.com",
        "firstName": "Anna",
        "lastName": "Nowak",
        "gender": "k",
        "language": "pl",
        "total": "84,50",
        "currency": "PLN",
        "paymentType": "karta",
        "fulfilment": "dostawa",
        "placedAt": "31.03.2026 12:00",
        "promisedMinutes": "45",
        "contents": "Pizza Margherita; cola",
    },
    {
        "orderNumber": "A-1002",
        "clientName": "Иван Петров",
        "address": "Москва, ул. Ленина, д. 5, кв. 12",
        "contactPhone": "007 916 123-45-67",
        "firstName": "Иван",
        "patronymic": "Сергеевич",
        "lastName": "Петров",
        "gender": "м",
        "language": "ru",
        "company": "ООО «Ромашка»",
        "total": "1 234,50",
        "currency": "RUB",
        "paymentType": "наличные",
        "fulfilment": "доставка",
        "placedAt": "2026-03-31 12:10",
        "plannedArrival": "31.03.2026 15:00",
        "contents": "Вода 19 л, 2 бутыли",
        "comment": "Позвонить за 10 минут",
    },
    {
        "orderNumber": "A-1003",
        "clientName": "Piotr Wiśniewski",
        "address": "ul. Krótka 3, 00-001 Warszawa",
        "contactEmail": "piotr@example.com",
        "language": "pl",
        "total": "45",
        "currency": "PLN",
        "paymentType": "gotówka",
        "fulfilment": "odbiór",
        "placedAt": "31.03.2026 12:20",
        "promisedMinutes": "20",
    },
]


def example_file() -> str:
    """All columns, a few orders as people write them; the stage is the installation's own first one."""
    stage = Stage.objects.first()
    headers = [column.header for column in COLUMNS]
    rows = [
        [{"stage": stage.name if stage else "", **example}.get(header, "") for header in headers]
        for example in _EXAMPLES
    ]
    return BYTE_ORDER_MARK + "".join(_lines([headers, *rows], ";"))


def refused_file(run: Import, code: str = "") -> Iterator[str]:
    """The refused rows as they came, each with its problems in one more column; in the file's own separator.

    With `code` only those that have a fault of that code. Worded in the language of now, whenever it is sent.
    """
    return _refused_lines(run, code, get_language())


def _refused_lines(run: Import, code: str, language: str | None) -> Iterator[str]:
    headers = run.layout["headers"]
    # The problems of an earlier round are not repeated.
    kept = [place for place, header in enumerate(headers) if spelling(header) != spelling(PROBLEM_HEADER)]
    yield BYTE_ORDER_MARK
    yield from _lines([[*(headers[place] for place in kept), PROBLEM_HEADER]], run.layout["delimiter"])
    for number, cells, faults in _refused_rows(run, code):
        row = (cells + [""] * len(headers))[: max(len(headers), len(cells))]
        with override(language):
            problem = " ".join(problem_of(number, faults))
        yield from _lines([[*(row[place] for place in kept), *row[len(headers) :], problem]], run.layout["delimiter"])


def _refused_rows(run: Import, code: str) -> Iterator[tuple[int, list[str], list[list[str]]]]:
    """Row number, cells and faults of each."""
    for chunk in run.chunks.exclude(refused=[]).order_by("position").iterator(chunk_size=1):
        cells = {row[0]: row[1] for row in chunk.rows}
        for number, faults in chunk.refused:
            if not code or any(Reason(text).code == code for _column, text in faults):
                yield number, cells[number], faults


def problem_of(number: int, faults: Iterable[list[str]]) -> list[str]:
    """The sentences on a row, each with its row and column."""
    return [
        _("Row %(row)d, %(column)s: %(sentence)s") % {"row": number, "column": column, "sentence": Reason(text)}
        if column
        else _("Row %(row)d: %(sentence)s") % {"row": number, "sentence": Reason(text)}
        for column, text in faults
    ]


def _lines(rows: Iterable[list[str]], delimiter: str) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=delimiter).writerow([disarmed(cell) for cell in row])
        yield line.getvalue()
