"""The order enters a stage (B5, E4)."""

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Company
from orders.models import StageChange

from ..models import Robot, RobotStep, minutes
from ..robot_event import RobotEvent, robot_event

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@robot_event
class StageEntered(RobotEvent):
    """Due the delay after the change, valid from the change on (B7, B17); called off when the order moves on."""

    key = "stage_entered"
    label = gettext_lazy("the order enters a stage")
    position = 10
    timing = ("stage", "delay_minutes")
    conditions = ("keep_waiting",)

    def problems(self, robot: Robot) -> Mapping[str, "StrOrPromise"]:
        found: dict[str, StrOrPromise] = {}
        if not robot.stage_id:
            found["stage"] = _("Choose the stage that sets this robot off.")
        if robot.delay_minutes >= robot.validity_minutes:
            found["delay_minutes"] = _(
                "With a delay of %(delay)d minutes and a validity of %(validity)d the message would never be sent: "
                "make the delay shorter or the validity longer."
            ) % {"delay": robot.delay_minutes, "validity": robot.validity_minutes}
        return found

    def when_in_words(self, robot: Robot) -> str:
        return _("after %(n)d min") % {"n": robot.delay_minutes} if robot.delay_minutes else _("at once")

    def column(self, robot: Robot) -> str:
        return str(robot.stage)

    def steps_of_change(
        self,
        robot: Robot,
        change: StageChange,
        company: Company,
        now: datetime.datetime,
    ) -> Iterable[RobotStep]:
        if change.notify and robot.stage_id == change.to_stage_id:
            due_at = change.at + minutes(robot.delay_minutes)
            expires_at = change.at + minutes(robot.validity_minutes)
            yield robot.step(change.order, due_at, expires_at, visit=change)
