"""The one cleaning path: what a file's row, the order form and the API say is read here, alike (A4)."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .columns import BY_HEADER, COLUMNS, REQUIRED, Column
from .faults import CellRefused, Fault
from .lookups import Lookups, Place

Values = dict[str, Any]


def clean_row(cells: Mapping[str, str], lookups: Lookups) -> tuple[Values, list[Fault]]:
    """Values by column header for every filled cell, and a fault for each cell that cannot be used.

    `cells` maps column headers ("contactPhone") to text. Blank cells say nothing and give no value.
    """
    filled = {header: tidy(cell) for header, cell in cells.items()}
    values: Values = {}
    faults = [
        Fault(header, _("The cell is empty; every order needs it.")) for header in REQUIRED if not filled.get(header)
    ]
    if department := filled.pop("department", ""):
        _read(BY_HEADER["department"], department, lookups.place(None), values, faults)
    place = lookups.place(values.get("department"))
    for header, cell in filled.items():
        if cell:
            _read(BY_HEADER[header], cell, place, values, faults)
    return values, faults


def tidy(cell: str) -> str:
    """Without blanks around it, NFC; nothing else is touched (decision 5)."""
    cell = cell.strip()
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)


def _read(column: Column, cell: str, place: Place, values: Values, faults: list[Fault]) -> None:
    key = (column.header, cell)
    if column.repeats and key in place.lookups.cleaned:
        values[column.header] = place.lookups.cleaned[key]
        return
    try:
        values[column.header] = column.read(cell, place)
    except CellRefused as refused:
        faults.append(Fault(column.header, str(refused)))
        return
    if column.repeats:
        place.lookups.cleaned[key] = values[column.header]


def headers_in_order() -> list[str]:
    """All columns' headers, as the example file has them."""
    return [column.header for column in COLUMNS]
