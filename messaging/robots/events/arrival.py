"""Some minutes before the courier's planned arrival (A10)."""

import datetime
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Company
from locations.values.reasons import NONE, Reason
from messaging.outbox.models import Message
from messaging.outbox.queue.recheck import SecondThought
from messaging.outbox.states import MessageState
from orders.models import Order, StageChange, StageKind

from .. import reasons
from ..models import Robot, RobotStep, minutes
from ..robot_event import RobotEvent, robot_event
from ..states import StepState


@robot_event
class Arrival(RobotEvent):
    """Due the lead time before the planned arrival, over when it has come; it follows the arrival (decision 1)."""

    key = "arrival"
    label = gettext_lazy("before the planned arrival")
    position = 30
    timing = ("lead_minutes",)
    conditions = ("only_while_driver_live",)
    has_validity = False
    may_be_held = False
    follows_arrival = True
    stopped_by = ((StageKind.DELIVERED, reasons.ORDER_DELIVERED),)

    def when_in_words(self, robot: Robot) -> str:
        return _("%(n)d min before arrival") % {"n": robot.lead_minutes}

    def steps_of_change(
        self,
        robot: Robot,
        change: StageChange,
        company: Company,
        now: datetime.datetime,
    ) -> Iterable[RobotStep]:
        """A silent new order plans only what is still due (decision 14)."""
        is_over = StageKind(change.to_stage.kind).is_final
        if change.from_stage_id is None and change.order.planned_arrival is not None and not is_over:
            step = self.step_of_order(robot, change.order)
            if change.notify or step.due_at > now:
                yield step

    def step_of_order(self, robot: Robot, order: Order) -> RobotStep:
        """In UTC: half an hour before a quarter past three is no quarter to three in the night when clocks change."""
        assert order.planned_arrival is not None
        arrival = order.planned_arrival.astimezone(datetime.UTC)
        return robot.step(order, arrival - minutes(robot.lead_minutes), arrival)

    def why_skipped(self, robot: Robot, order: Order, *, is_forecast: bool) -> Reason:
        return reasons.NO_ROUTE() if robot.only_while_driver_live else NONE

    def ending(self, step: RobotStep) -> tuple[StepState, Reason]:
        return StepState.SKIPPED, reasons.ARRIVAL_PASSED()

    def second_thought(self, message: Message, step: RobotStep, now: datetime.datetime) -> SecondThought | None:
        """The arrival may have gone, passed or moved."""
        arrival = step.order.planned_arrival
        if arrival is None:
            return SecondThought(MessageState.CANCELLED, reasons.ARRIVAL_GONE())
        if arrival <= now:
            return SecondThought(MessageState.EXPIRED, reasons.ARRIVAL_PASSED())
        planned = self.step_of_order(step.rule, step.order)
        if message.resend_of_id is None and planned.due_at > now:
            times = {"send_at": planned.due_at, "expires_at": planned.expires_at}
            return SecondThought(MessageState.QUEUED, reasons.ARRIVAL_MOVED(), times)
        return None
