"""Steps that follow an order's planned arrival: planned, moved and called back as it changes.

In the mover's own transaction and in batches, as all planning.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from locations.values.reasons import NONE
from messaging.outbox import states as message_states
from messaging.outbox.models import Message
from messaging.outbox.queue import actions
from orders.models import Order, StageKind

from .. import reasons
from ..models import Robot, RobotStep
from ..robot_event import all_events, event_of
from ..states import By, StepState, set_state

LEAST_SHIFT = datetime.timedelta(minutes=1)


def on_arrival_changed(sender: Any, orders: list[Order], notify: bool = True, **_kwargs: Any) -> None:  # noqa: ARG001
    """Arrival steps follow the planned arrival; one that has told the customer never does it again (decision 1)."""
    robots = arrival_robots()
    known = known_steps(orders, robots)
    call_back(known.values(), orders)
    fresh, changed = follow_arrivals(orders, robots, known, timezone.now(), notify=notify)
    RobotStep.objects.bulk_create(fresh, ignore_conflicts=True)
    RobotStep.objects.bulk_update(
        changed, ["state", "reason", "finished_at", "due_at", "expires_at", "message"], batch_size=100
    )


def plan_arrivals(
    orders: Sequence[Order], now: datetime.datetime, *, notify: bool
) -> tuple[list[RobotStep], list[RobotStep]]:
    """What the listener would plan, for a forecast: nothing is written, no waiting message called back."""
    robots = arrival_robots()
    return follow_arrivals(orders, robots, known_steps(orders, robots), now, notify=notify)


def arrival_robots() -> list[Robot]:
    following = [event.key for event in all_events() if event.follows_arrival]
    return list(Robot.objects.filter(event__in=following, is_on=True).select_related("template"))


def known_steps(orders: Sequence[Order], robots: Sequence[Robot]) -> dict[str, RobotStep]:
    """The steps that these orders have already, by their keys; locked."""
    keys = [robot.once_key(order) for order in orders for robot in robots]
    return {step.once_key: step for step in RobotStep.objects.select_for_update().filter(once_key__in=keys)}


def follow_arrivals(
    orders: Sequence[Order],
    robots: Sequence[Robot],
    known: dict[str, RobotStep],
    now: datetime.datetime,
    *,
    notify: bool,
) -> tuple[list[RobotStep], list[RobotStep]]:
    """(new steps, changed ones) for orders with another planned arrival, unsaved.

    A silent import plans only what is still due (decision 14).
    """
    fresh, changed = [], []
    for order in orders:
        for robot in robots:
            step = known.get(robot.once_key(order))
            if step is not None:
                changed += [step] if follow(step, order, robot) else []
            elif order.planned_arrival is not None and not is_over(order):
                planned = event_of(robot).step_of_order(robot, order)
                fresh += [planned] if notify or planned.due_at > now else []
    return fresh, changed


def follow(step: RobotStep, order: Order, robot: Robot) -> bool:
    """Move a step that has not told anything yet to the order's new arrival; False when it stays as it is.

    What somebody called off stays off; what waits, or found its moment gone, follows.
    """
    state = StepState(step.state)
    can_follow = state.is_waiting or state == StepState.SKIPPED or step.reason.code == reasons.ARRIVAL_GONE.code
    if step.message_id is not None or step.chat_message_id is not None or is_over(order) or not can_follow:
        return False
    if order.planned_arrival is None:
        set_state(step, StepState.CANCELLED, By.ARRIVAL)
        step.reason, step.finished_at = reasons.ARRIVAL_GONE(), timezone.now()
    elif state.is_waiting and not has_moved(step, order.planned_arrival):
        return False  # small shifts add up against the arrival the step was planned for
    else:
        planned = event_of(robot).step_of_order(robot, order)
        set_state(step, StepState.PLANNED, By.ARRIVAL)
        step.reason, step.finished_at = NONE, None
        step.due_at, step.expires_at = planned.due_at, planned.expires_at
    return True


def call_back(steps: Iterable[RobotStep], orders: Iterable[Order]) -> None:
    """Take messages about the former arrival out of the queue, so that their steps follow as if they had not run.

    What is being sent or in doubt is looked at again if it comes back (`second_look`); words in a conversation stand.
    """
    arrivals = {order.pk: order.planned_arrival for order in orders}
    moved = {step.message_id: step for step in steps if step.message_id and has_moved(step, arrivals[step.order_id])}
    if not moved:
        return
    waiting = Message.objects.filter(pk__in=moved, state__in=sorted(message_states.WAITING), is_pinned=False)
    back = set(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    actions.cancel(Message.objects.filter(pk__in=back), reasons.TOLD_ANEW())
    for key, step in moved.items():
        if key in back:
            step.message = None
            set_state(step, StepState.PLANNED, By.ARRIVAL)
        elif arrival := arrivals[step.order_id]:
            Message.objects.filter(pk=key, state__in=sorted(message_states.MAY_YET_GO)).update(expires_at=arrival)


def has_moved(step: RobotStep, arrival: datetime.datetime | None) -> bool:
    return arrival is None or step.expires_at is None or abs(arrival - step.expires_at) >= LEAST_SHIFT


def is_over(order: Order) -> bool:
    return StageKind(order.stage.kind).is_final
