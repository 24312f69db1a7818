"""What can be wrong with a file, a row and a cell: always a sentence for the person who sent it."""

from typing import NamedTuple


class UnreadableFile(Exception):
    """The whole file cannot be used; the message is the sentence to show."""


class CellRefused(Exception):
    """One cell cannot be used; the message is the sentence to show, with its remedy."""


class Fault(NamedTuple):
    """Why a row is refused: the column's header ("" for the row as a whole) and a sentence."""

    column: str
    sentence: str
