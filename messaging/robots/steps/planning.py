"""From what happened to what is planned: each move plans the steps of its new stage and cancels those of the old one.

Everything here runs in the mover's own transaction and in batches: the number of queries does not grow with the orders.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import Reason
from messaging.outbox import states as message_states
from messaging.outbox.models import Message
from messaging.outbox.queue import actions
from messaging.worker.wakeup import wake
from orders.models import StageChange, StageKind

from .. import reasons
from ..models import Robot, RobotStep
from ..robot_event import all_events, event_of
from ..states import WAITING, By, StepState, move


def on_orders_moved(sender: Any, changes: list[StageChange], **_kwargs: Any) -> None:  # noqa: ARG001
    """Leaving a stage stops what waits there (E4); entering one starts its robots (E3)."""
    cancel_left(changes)
    now = timezone.now()
    steps = plan(changes, now)
    RobotStep.objects.bulk_create(steps, ignore_conflicts=True)
    if any(step.due_at <= now for step in steps):
        wake()


def cancel_left(changes: Sequence[StageChange]) -> None:
    """Cancel what still waits from earlier visits of the moved orders, and their messages not yet sent.

    A cancelled order stops everything; a delivered one its arrival notices too (decision 1): each event says so.
    """
    moved = [change for change in changes if change.from_stage_id is not None]
    if not moved:
        return
    keeps = Q(robot__keep_waiting=True)
    left = Q(order__in=[change.order_id for change in moved], stage_change__isnull=False) & ~keeps
    stop(left, reasons.LEFT_STAGE())
    for event in all_events():
        for kind, why in event.stopped_by:
            if orders := moved_to(kind, moved):
                stop(Q(order__in=orders, robot__event=event.key), why())
    if cancelled := moved_to(StageKind.CANCELLED, moved):
        stop(Q(order__in=cancelled), reasons.ORDER_CANCELLED())
        actions.cancel(Message.objects.filter(order__in=cancelled), reasons.ORDER_CANCELLED())


def moved_to(kind: StageKind, changes: Iterable[StageChange]) -> list[int]:
    return [change.order_id for change in changes if change.to_stage.kind == kind]


def stop(which: Q, reason: Reason) -> None:
    """Cancel the steps that wait, then the messages of those that have run: a step running now is in one of both."""
    # By keys, so that a row that was locked by a running step is looked at anew once that step has committed; and so
    # that SQLite finds a few orders' steps among millions without any statistics.
    steps = RobotStep.objects.filter(pk__in=list(RobotStep.objects.filter(which).values_list("pk", flat=True)))
    move(steps, StepState.CANCELLED, By.STOP, reason=reason, finished_at=timezone.now())
    made = [message for message in steps.values_list("message_id", flat=True) if message is not None]
    actions.cancel_with_resends(made, reason)


def plan(changes: Sequence[StageChange], now: datetime.datetime) -> list[RobotStep]:
    """The steps these changes give rise to, unsaved. Changes and orders may be unsaved too (a forecast)."""
    robots = list(Robot.objects.filter(is_on=True).select_related("template"))
    company = Company.current()
    kept = kept_steps(changes, robots)
    steps: list[RobotStep] = []
    for change in changes:
        for robot in robots:
            planned = event_of(robot).steps_of_change(robot, change, company, now)
            steps += (step for step in planned if step_of(step) not in kept)
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
