"""Some days after the order was placed (B9, B16)."""

import datetime
import zoneinfo
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from locations.models import Company
from locations.values.reasons import NONE, Reason
from orders.models import Order, StageChange, StageKind

from .. import reasons
from ..models import Robot, RobotStep, minutes
from ..robot_event import RobotEvent, robot_event


@robot_event
class OrderPlaced(RobotEvent):
    """Due x calendar days after placing, at the robot's time of day where the customer is."""

    key = "order_placed"
    label = gettext_lazy("days after the order was placed")
    position = 20
    timing = ("days", "at_time")
    conditions = ("only_if_delivered",)

    def when_in_words(self, robot: Robot) -> str:
        days = ngettext("%(n)d day", "%(n)d days", robot.days) % {"n": robot.days}
        return _("%(days)s after placing at %(time)s") % {"days": days, "time": f"{robot.at_time:%H:%M}"}

    def steps_of_change(
        self,
        robot: Robot,
        change: StageChange,
        company: Company,
        now: datetime.datetime,
    ) -> Iterable[RobotStep]:
        is_new = change.from_stage_id is None
        if change.notify and is_new and change.to_stage.kind != StageKind.CANCELLED:
            due_at = self._due_at(robot, change.order, company)
            yield robot.step(change.order, due_at, due_at + minutes(robot.validity_minutes))

    def _due_at(self, robot: Robot, order: Order, company: Company) -> datetime.datetime:
        zone = zoneinfo.ZoneInfo(order.zone_name(company))
        day = order.placed_at.astimezone(zone).date() + datetime.timedelta(days=robot.days)
        return datetime.datetime.combine(day, robot.at_time, zone).astimezone(datetime.UTC)

    def why_skipped(self, robot: Robot, order: Order, *, is_forecast: bool) -> Reason:
        """Whether it was delivered by then, nobody knows before."""
        is_delivered = order.stage.kind == StageKind.DELIVERED
        return NONE if is_forecast or is_delivered or not robot.only_if_delivered else reasons.NOT_DELIVERED()
