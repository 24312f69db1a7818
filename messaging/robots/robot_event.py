"""Events that robots hang on (decision 1): each is one class in `events/`, found by itself.

The class says all that its event has of its own: which fields of a robot's form it asks for, when its steps are due,
what skips them, and what becomes of one that is late.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from locations.models import Company
from locations.values.reasons import NONE, Reason, ReasonKind
from messaging.outbox.models import Message
from messaging.outbox.queue.recheck import SecondThought
from orders.models import Order, StageChange, StageKind

from . import reasons
from .event_registry import events, in_order
from .models import Robot, RobotStep
from .states import StepState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RobotEvent:
    """One event. `key`: as robots keep it, at most 20 characters. Events are offered by their `position`."""

    key: ClassVar[str]
    label: ClassVar["StrOrPromise"]
    position: ClassVar[int] = 100
    timing: ClassVar[Sequence[str]] = ()
    """Fields of a robot that say when; its form shows them for this event and the others that name them."""
    conditions: ClassVar[Sequence[str]] = ()
    """The same, of those under "Only"."""
    has_validity: ClassVar[bool] = True
    """Whether the robot says how long a message may still go; else its event ends by itself."""
    may_be_held: ClassVar[bool] = True
    """Whether a late step asks a person (decision 18); else it goes, or expires."""
    follows_arrival: ClassVar[bool] = False
    """Whether `step_of_order` depends on the planned arrival: steps and messages that wait then move with it."""
    stopped_by: ClassVar[Sequence[tuple[StageKind, ReasonKind]]] = ()
    """Kinds of stages that call off what still waits, and why. A cancelled order calls off everything by itself."""

    # --- The robot ---

    def problems(self, robot: Robot) -> Mapping[str, "StrOrPromise"]:
        """What its form refuses, by field."""
        return {}

    def when_in_words(self, robot: Robot) -> str:
        """On its card: `30 min before arrival`."""
        raise NotImplementedError

    def column(self, robot: Robot) -> str:
        """The heading under which its card stands."""
        return str(self.label)

    # --- Its steps ---

    def steps_of_change(
        self,
        robot: Robot,
        change: StageChange,
        company: Company,
        now: datetime.datetime,
    ) -> Iterable[RobotStep]:
        """What a stage change gives rise to, unsaved; a new order's first one has no `from_stage`. It never queries."""
        return ()

    def step_of_order(self, robot: Robot, order: Order) -> RobotStep:
        """For one that follows the planned arrival: the step as the order is now, unsaved. The order has an arrival."""
        raise NotImplementedError

    def why_skipped(self, robot: Robot, order: Order, *, is_forecast: bool) -> Reason:
        """Its own conditions, asked when a step's time has come. A forecast asks what can be known before only."""
        return NONE

    def ending(self, step: RobotStep) -> tuple[StepState, Reason]:
        """How a step ends whose validity is over."""
        return StepState.EXPIRED, reasons.EXPIRED(at=step.expires_at)

    def second_thought(
        self,
        message: Message,
        step: RobotStep,
        now: datetime.datetime,
    ) -> SecondThought | None:
        """What has changed for a message that waited in the queue; the step has its robot."""
        return None


def robot_event(cls: type[RobotEvent]) -> type[RobotEvent]:
    """Makes an event known under its `key`."""
    events[cls.key] = cls()
    return cls


def event_of(robot: Robot) -> RobotEvent:
    return cast("RobotEvent", events[robot.event])


def all_events() -> list[RobotEvent]:
    return cast("list[RobotEvent]", in_order())
