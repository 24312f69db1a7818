"""The one cleaning path: what a file's row, the order form and the API say is read here, alike (A4)."""

from collections.abc import Mapping
from typing import Any

from locations.values.spelling import tidy

from .. import reasons
from ..columns import BY_HEADER, REQUIRED, Column
from .errors import CellRefused, Fault
from .lookups import Lookups, Place

Values = dict[str, Any]
REMARKS = "remarks"  # among the values: reasons why cells were read as they were, none of which is a fault


def clean_row(cells: Mapping[str, str], lookups: Lookups) -> tuple[Values, list[Fault]]:
    """Values by column header for every filled cell, and a fault for each cell that cannot be used.

    `cells` maps column headers ("contactPhone") to text. Blank cells say nothing and give no value.
    """
    values: Values = {}
    faults: list[Fault] = []
    place = lookups.place(None)
    if department := tidy(cells.get("department", "")):
        _read(BY_HEADER["department"], department, place, values, faults)
        place = lookups.place(values.get("department"))
    for header, cell in cells.items():
        if (cell := tidy(cell)) and header != "department":
            _read(BY_HEADER[header], cell, place, values, faults)
    _leave_out_promise(values, cells, lookups)
    if lookups.remarks:
        values[REMARKS], lookups.remarks = lookups.remarks, []
    for header in REQUIRED:
        if header not in values and not tidy(cells.get(header, "")):
            faults.append(Fault(header, reasons.EMPTY_CELL()))
    return values, faults


def _read(column: Column, cell: str, place: Place, values: Values, faults: list[Fault]) -> None:
    header = column.header
    known = place.lookups.cleaned[header] if column.repeats else None
    if known and cell in known:
        values[header] = known[cell]
        return
    try:
        value = column.read(cell, place)
    except CellRefused as refused:
        faults.append(Fault(header, refused.reason))
        return
    if value is None:  # the cell says that there is nothing
        return
    values[header] = value
    if known is not None:
        known[cell] = value


def _leave_out_promise(values: Values, cells: Mapping[str, str], lookups: Lookups) -> None:
    """Minutes counted from a bare date would promise the customer a time in the night."""
    if (
        "promisedMinutes" in values
        and "placedAt" in values
        and "acceptedAt" not in values
        and ":" not in cells["placedAt"]
    ):
        lookups.remarks.append(reasons.PROMISE_LEFT_OUT(minutes=values.pop("promisedMinutes")))
