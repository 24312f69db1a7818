"""What can be wrong with a file, a row and a cell: always a reason for the person who sent it, with its remedy."""

from typing import NamedTuple

from locations.values.reasons import Reason


class NotUsable(Exception):
    """Something of a file that cannot be used; as a string its reason in words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableFile(NotUsable):
    """The whole file cannot be used."""


class CellRefused(NotUsable):
    """One cell cannot be used."""


class Fault(NamedTuple):
    """Why a row is refused: the column's header ("" for the row as a whole) and the reason."""

    column: str
    reason: Reason
