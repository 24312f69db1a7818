"""States of a robot's step: what each means, who moves a step from which to which, and the one way to move it.

The diagram in docs/states.md is drawn from this table. Nobody else writes `state`; a test sees to it.
"""

import enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.rows.transitions import Transitions
from locations.values.kinds import Kinds


class StepState(Kinds):
    """Where a step is. `running` is only ever seen inside one transaction, so it is not stored."""

    PLANNED = "planned", _("planned")
    POSTPONED = "postponed", _("postponed")
    HELD = "held", _("held")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("skipped")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    FAILED = "failed", _("failed")

    @property
    def meaning(self) -> str | Promise:
        """One sentence."""
        return _MEANINGS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _TONES.get(self, "grey")

    @property
    def is_waiting(self) -> bool:
        return self in WAITING


_PLANNED, _POSTPONED, _HELD, _DONE, _SKIPPED, _CANCELLED, _EXPIRED, _FAILED = StepState

DUE = (_PLANNED, _POSTPONED)
"""What runs when its moment comes."""
WAITING = (*DUE, _HELD)
ENDED = (_DONE, _SKIPPED, _CANCELLED, _EXPIRED, _FAILED)
UNTOLD = (_SKIPPED, _EXPIRED, _FAILED)
"""How a step ends that tells nobody anything, though nobody called it off."""

_MEANINGS = {
    _PLANNED: _("It runs when its moment comes."),
    _POSTPONED: _("It waits until what it depends on allows it."),
    _HELD: _("It is so late that somebody must say whether it still goes."),
    _DONE: _("It made its message."),
    _SKIPPED: _("A condition was not met, or there was nobody to write to."),
    _CANCELLED: _("It was called off: the order moved on, or somebody stopped it."),
    _EXPIRED: _("Its validity ended before it ran."),
    _FAILED: _("Its message could not be made."),
}
_TONES = {_POSTPONED: "amber", _HELD: "amber", _DONE: "green", _FAILED: "red"}


class By(enum.StrEnum):
    """Who moves steps."""

    RUN = "its run"
    GIVING_UP = "too many interrupted runs"
    STOP = "the order's move"
    ARRIVAL = "a new planned arrival"
    PERSON = "a person"


TRANSITIONS = Transitions[StepState, By](
    [
        (By.RUN, DUE, {_DONE, _SKIPPED, _EXPIRED, _HELD, _FAILED, _POSTPONED}),
        (By.GIVING_UP, DUE, {_FAILED}),
        (By.STOP, WAITING, {_CANCELLED}),
        (By.ARRIVAL, {*WAITING, _SKIPPED, _CANCELLED, _DONE}, {_PLANNED}),
        (By.ARRIVAL, {*WAITING, _SKIPPED}, {_CANCELLED}),
        (By.PERSON, {_HELD}, {_PLANNED}),
        (By.PERSON, WAITING, {_CANCELLED}),
    ]
)
sources, movable, move, set_state = TRANSITIONS.sources, TRANSITIONS.movable, TRANSITIONS.move, TRANSITIONS.set
