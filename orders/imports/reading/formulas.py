"""Cells that a spreadsheet would run as a formula: kept as text here, disarmed in every file we give out.

And the other way round: ="000123" and '000123 are how spreadsheets are made to keep a text, which is 000123.
"""

import re

ARMED = ("=", "+", "-", "@", "\t", "\r")
_GUARDED = re.compile(r"""="(?P<formula>[^"]*)"|'(?P<text>[=+\-@\t\r0-9].*)""", re.DOTALL)


def disarmed(cell: str) -> str:
    """The cell with a leading apostrophe where a spreadsheet would calculate it."""
    return f"'{cell}" if cell.startswith(ARMED) else cell


def plain(cell: str) -> str:
    """The cell without a spreadsheet's guard, and as it was before `disarmed`."""
    guarded = _GUARDED.fullmatch(cell.strip())
    return guarded["formula"] or guarded["text"] or "" if guarded else cell
