"""From what happened to what is planned: each move plans the steps of its new stage and cancels those of the old one.

Everything here runs in the mover's own transaction and in batches: the number of queries does not grow with the orders.
"""

import datetime
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import in_words
from messaging.outbox import states as message_states
from messaging.outbox.models import Message
from messaging.outbox.queue import actions
from messaging.worker.wakeup import wake
from orders.models import Order, StageChange, StageKind

from ..models import Event, Robot, RobotStep
from ..states import WAITING, By, StepState, move, set_state

LEAST_SHIFT = datetime.timedelta(minutes=1)
ARRIVAL_GONE = "The order has no planned arrival any more."
ARRIVAL_PASSED = "The planned arrival has passed."
ARRIVAL_MOVED = "The planned arrival has moved: the customer is told anew."


def on_orders_moved(sender: Any, changes: list[StageChange], **_kwargs: Any) -> None:  # noqa: ARG001
    """Leaving a stage stops what waits there (E4); entering one starts its robots (E3)."""
    cancel_left(changes)
    now = timezone.now()
    steps = plan(changes, now)
    RobotStep.objects.bulk_create(steps, ignore_conflicts=True)
    if any(step.due_at <= now for step in steps):
        wake()


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
    return list(Robot.objects.filter(event=Event.ARRIVAL, is_on=True).select_related("template"))


def known_steps(orders: Sequence[Order], robots: Sequence[Robot]) -> dict[str, RobotStep]:
    """The steps that these orders have already, by their keys; locked."""
    keys = [once_key(robot, order=order) for order in orders for robot in robots]
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
            step = known.get(once_key(robot, order=order))
            if step is not None:
                changed += [step] if follow(step, order, robot) else []
            elif order.planned_arrival is not None and not is_over(order):
                planned = arrival_step(robot, order)
                fresh += [planned] if notify or planned.due_at > now else []
    return fresh, changed


def follow(step: RobotStep, order: Order, robot: Robot) -> bool:
    """Move a step that has not told anything yet to the order's new arrival; False when it stays as it is.

    What somebody called off stays off; what waits, or found its moment gone, follows.
    """
    state = StepState(step.state)
    can_follow = state.is_waiting or state == StepState.SKIPPED or step.reason == ARRIVAL_GONE
    if step.message_id is not None or step.chat_message_id is not None or is_over(order) or not can_follow:
        return False
    if order.planned_arrival is None:
        set_state(step, StepState.CANCELLED, By.ARRIVAL)
        step.reason, step.finished_at = ARRIVAL_GONE, timezone.now()
    elif state.is_waiting and not has_moved(step, order.planned_arrival):
        return False  # small shifts add up against the arrival the step was planned for
    else:
        planned = arrival_step(robot, order)
        set_state(step, StepState.PLANNED, By.ARRIVAL)
        step.reason, step.finished_at = "", None
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
    actions.cancel(Message.objects.filter(pk__in=back), in_words(ARRIVAL_MOVED))
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


def cancel_left(changes: Sequence[StageChange]) -> None:
    """Cancel what still waits from earlier visits of the moved orders, and their messages not yet sent.

    A cancelled order stops everything; a delivered one its arrival notices too (decision 1).
    """
    moved = [change for change in changes if change.from_stage_id is not None]
    if not moved:
        return
    keeps = Q(robot__keep_waiting=True)
    left = Q(order__in=[change.order_id for change in moved], stage_change__isnull=False) & ~keeps
    delivered = [change.order_id for change in moved if change.to_stage.kind == StageKind.DELIVERED]
    cancelled = [change.order_id for change in moved if change.to_stage.kind == StageKind.CANCELLED]
    stop(left, "The order has left the stage.")
    if delivered:
        stop(Q(order__in=delivered, robot__event=Event.ARRIVAL), "The order was delivered.")
    if cancelled:
        stop(Q(order__in=cancelled), "The order was cancelled.")
        actions.cancel(Message.objects.filter(order__in=cancelled), in_words("The order was cancelled."))


def stop(which: Q, reason: str) -> None:
    """Cancel the steps that wait, then the messages of those that have run: a step running now is in one of both."""
    # By keys, so that a row that was locked by a running step is looked at anew once that step has committed; and so
    # that SQLite finds a few orders' steps among millions without any statistics.
    steps = RobotStep.objects.filter(pk__in=list(RobotStep.objects.filter(which).values_list("pk", flat=True)))
    move(steps, StepState.CANCELLED, By.STOP, reason=reason, finished_at=timezone.now())
    made = [message for message in steps.values_list("message_id", flat=True) if message is not None]
    actions.cancel_with_resends(made, in_words(reason))


def plan(changes: Sequence[StageChange], now: datetime.datetime) -> list[RobotStep]:
    """The steps these changes give rise to, unsaved. Changes and orders may be unsaved too (a forecast)."""
    robots = list(Robot.objects.filter(is_on=True).select_related("template"))
    company = Company.current()
    kept = kept_steps(changes, robots)
    steps: list[RobotStep] = []
    for change in changes:
        steps += (step for step in steps_of_change(change, robots, company, now) if step_of(step) not in kept)
    return steps


def step_of(step: RobotStep) -> tuple[int | None, int | None]:
    return step.order_id, step.robot_id


def kept_steps(changes: Sequence[StageChange], robots: Iterable[Robot]) -> set[tuple[int, int]]:
    """(order, robot) of steps that were kept from an earlier visit and wait or have told (decision 21)."""
    entered = {change.to_stage_id for change in changes if change.from_stage_id is not None}
    keeping = [robot.pk for robot in robots if robot.keep_waiting and robot.stage_id in entered]
    if not keeping:
        return set()
    orders = [change.order_id for change in changes if change.order_id is not None]
    ended = Q(message__state__in=sorted(message_states.LOST), message__resends=None)
    known = RobotStep.objects.filter(order__in=orders, robot__in=keeping, stage_change__isnull=False)
    known = known.filter(state__unindexed__in=[*WAITING, StepState.DONE]).exclude(ended)
    return set(known.values_list("order_id", "robot_id"))


def steps_of_change(
    change: StageChange, robots: Iterable[Robot], company: Company, now: datetime.datetime
) -> Iterator[RobotStep]:
    is_new = change.from_stage_id is None
    order, kind = change.order, StageKind(change.to_stage.kind)
    for robot in robots:
        if robot.event == Event.STAGE_ENTERED and change.notify and robot.stage_id == change.to_stage_id:
            yield stage_step(robot, change)
        elif robot.event == Event.ORDER_PLACED and change.notify and is_new and kind != StageKind.CANCELLED:
            yield placed_step(robot, order, company)
        elif robot.event == Event.ARRIVAL and is_new and order.planned_arrival is not None and not kind.is_final:
            step = arrival_step(robot, order)
            if change.notify or step.due_at > now:
                yield step


def stage_step(robot: Robot, change: StageChange) -> RobotStep:
    """Due the delay after the change, valid from the change on (B7, B17)."""
    return RobotStep(
        robot=robot,
        robot_name=robot.name,
        order=change.order,
        stage_change=change,
        once_key=f"r{robot.pk}:v{change.pk}",
        due_at=change.at + minutes(robot.delay_minutes),
        expires_at=change.at + minutes(robot.validity_minutes),
    )


def placed_step(robot: Robot, order: Order, company: Company) -> RobotStep:
    """Due x calendar days after placing, at the robot's time of day where the customer is (B9, B16)."""
    zone = zoneinfo.ZoneInfo(order.zone_name(company))
    day = order.placed_at.astimezone(zone).date() + datetime.timedelta(days=robot.days)
    due_at = datetime.datetime.combine(day, robot.at_time, zone).astimezone(datetime.UTC)
    return RobotStep(
        robot=robot,
        robot_name=robot.name,
        order=order,
        once_key=once_key(robot, order=order),
        due_at=due_at,
        expires_at=due_at + minutes(robot.validity_minutes),
    )


def arrival_step(robot: Robot, order: Order) -> RobotStep:
    """Due the lead time before the planned arrival, over when it has come (A10): only for an order that has one.

    In UTC: half an hour before a quarter past three is no quarter to three in the night when clocks change.
    """
    assert order.planned_arrival is not None
    arrival = order.planned_arrival.astimezone(datetime.UTC)
    return RobotStep(
        robot=robot,
        robot_name=robot.name,
        order=order,
        once_key=once_key(robot, order=order),
        due_at=arrival - minutes(robot.lead_minutes),
        expires_at=arrival,
    )


def once_key(robot: Robot, *, order: Order) -> str:
    return f"r{robot.pk}:o{order.pk}"


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)
