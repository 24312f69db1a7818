"""What can be wrong with a file, a row and a cell: always a reason for the person who sent it, with its remedy."""

from typing import NamedTuple

from locations.errors import WithReason
from locations.values.reasons import Reason


class UnreadableFile(WithReason):
    """The whole file cannot be used."""


class CellRefused(WithReason):
    """One cell cannot be used."""


class Fault(NamedTuple):
    """Why a row is refused: the column's header ("" for the row as a whole) and the reason."""

    column: str
    reason: Reason
