"""States of a conversation: what each means, who moves it from which to which, and the one way to move it.

The diagram in docs/states.md is drawn from this table. Nobody else writes `Conversation.state`; a test sees to it.
"""

import datetime
import enum
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.rows.transitions import Transitions
from locations.values.kinds import Kinds


class ConversationState(Kinds):
    """Where a conversation stands, for all operators alike."""

    OPEN = "open", _("open")
    SNOOZED = "snoozed", _("snoozed")
    CLOSED = "closed", _("closed")
    BLOCKED = "blocked", _("blocked")

    @property
    def meaning(self) -> str | Promise:
        """One sentence."""
        return _MEANINGS[self]


_OPEN, _SNOOZED, _CLOSED, _BLOCKED = ConversationState

_MEANINGS = {
    _OPEN: _("It stands in the operators' list."),
    _SNOOZED: _("It comes back into the list at the moment that somebody chose."),
    _CLOSED: _("Nothing is to be done until the client writes again."),
    _BLOCKED: _("What comes is kept and counted, and nobody is told."),
}


class By(enum.StrEnum):
    """Who moves conversations."""

    OPERATOR = "an operator"
    REPLY = "an operator's reply"
    UNDO = "an operator's undo"
    CLIENT = "the client"
    PROGRAM = "the program"
    CLOCK = "the clock"


TRANSITIONS = Transitions[ConversationState, By](
    [
        (By.OPERATOR, set(ConversationState), set(ConversationState)),
        (By.UNDO, set(ConversationState), set(ConversationState)),
        (By.REPLY, {_SNOOZED, _CLOSED}, {_OPEN}),
        (By.CLIENT, {_SNOOZED, _CLOSED}, {_OPEN}),
        (By.PROGRAM, {_SNOOZED, _CLOSED, _BLOCKED}, {_OPEN}),
        (By.CLOCK, {_SNOOZED}, {_OPEN}),
    ]
)
sources = TRANSITIONS.sources


class Standing(Protocol):
    state: Any
    snoozed_until: datetime.datetime | None


def stand(row: Standing, to: ConversationState, by: By, *, until: datetime.datetime | None = None) -> None:
    """Move a locked row, which the caller saves; `until` is for a snoozed one. Raises NoSuchMove."""
    TRANSITIONS.set(row, to, by)
    row.snoozed_until = until
