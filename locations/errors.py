"""Refusals: what somebody asked for and cannot have, told apart from faults of the program."""

from typing import TYPE_CHECKING

from .values.reasons import Reason, in_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class WithReason(Exception):
    """An exception that carries a Reason, to be shown or kept; as a string its reason in words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotDo(Exception):
    """It is not done; the exception's text says why, in the language of whoever asked.

    Raised with a Reason where it may also be kept, else with a sentence.
    """

    def __init__(self, why: "Reason | StrOrPromise") -> None:
        super().__init__(why)
        self.why = why

    @property
    def reason(self) -> Reason:
        """To be kept; of a mere sentence the words."""
        return self.why if isinstance(self.why, Reason) else in_words(self.why)
