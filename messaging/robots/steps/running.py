"""From what is planned to what is said: a due step is judged, its text is filled, one message goes into the outbox.

All in one transaction without any network, so a killed worker leaves the step as it was.
"""

import datetime
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Exists, Min, QuerySet
from django.utils import timezone

from locations.rows.transitions import in_sql
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.routing import is_stopped
from messaging.worker.work_sources import WorkSource, is_free, unsuspected, work_alone
from orders.forecasts import Forecast
from orders.models import Order, StageChange

from .. import reasons
from ..models import Robot, RobotStep
from ..states import DUE, By, StepState, move, sources
from . import judging
from .arrivals import plan_arrivals
from .open_line import speak
from .planning import plan

LIMIT = 200


def due_steps(now: datetime.datetime) -> QuerySet[RobotStep]:
    """Whose time has come; the look itself asks whether all sending is stopped."""
    return waiting_steps(now).filter(is_free(now))


def waiting_steps(now: datetime.datetime) -> QuerySet[RobotStep]:
    """The due ones, also when a worker has just begun one alone."""
    return RobotStep.objects.filter(state__one_of=DUE, due_at__lte=now)


def runnable_steps(now: datetime.datetime) -> QuerySet[RobotStep]:
    return due_steps(now).filter(~Exists(is_stopped()))


def oldest_due_step(now: datetime.datetime) -> datetime.datetime | None:
    """Since when a step is due; None when there is none, or when all sending is stopped."""
    if is_stopped().exists():
        return None
    return waiting_steps(now).aggregate(oldest=Min("due_at"))["oldest"]


def run_due_steps(now: datetime.datetime) -> int:
    """Run up to 200 due steps; returns how many. The number of queries does not depend on it.

    One that was begun alone and never ended is not among them: it is begun alone again.
    """
    with transaction.atomic():
        found = locked(runnable_steps(now))
        steps = unsuspected(found)
        run_steps(steps, now)
    if len(steps) == len(found):
        return len(steps)
    return len(steps) + run_alone(runnable_steps(now).filter(claims__gt=0), now)


def run_step_alone(now: datetime.datetime) -> int:
    """Run the first due step only, or give it up when it never ends; see `WorkSource.work_alone`."""
    return run_alone(runnable_steps(now), now)


def run_alone(steps: QuerySet[RobotStep], now: datetime.datetime) -> int:
    return work_alone(steps.order_by("due_at", "pk"), give_up, lambda step: run_step(step, now))


def give_up(step: RobotStep) -> None:
    row = RobotStep.objects.filter(pk=step.pk)
    move(row, StepState.FAILED, By.GIVING_UP, reason=reasons.GIVEN_UP(), finished_at=timezone.now())


@transaction.atomic
def run_step(step: RobotStep, now: datetime.datetime) -> int:
    """Run the one that this worker has claimed; 0 when it is due no more, or somebody else has it."""
    steps = locked(waiting_steps(now).filter(~Exists(is_stopped()), pk=step.pk))
    run_steps(steps, now)
    return len(steps)


def locked(due: QuerySet[RobotStep]) -> list[RobotStep]:
    """The first 200 of these that nobody else has, with what is needed to judge them."""
    rows = judging.with_needed(due.select_for_update(skip_locked=True, of=("self",)))
    return list(rows.order_by("due_at", "pk")[:LIMIT])


def run_steps(steps: Sequence[RobotStep], now: datetime.datetime) -> None:
    """What becomes of locked steps, within the transaction that locked them."""
    verdicts = judging.judge(steps, now)
    queue_messages([verdict.message for verdict in verdicts if verdict.message and not verdict.line], wakes=False)
    chat(steps, verdicts)
    write(steps, verdicts, now)


def chat(steps: Sequence[RobotStep], verdicts: Sequence[judging.Verdict]) -> None:
    """The open-line robots speak; what a line refuses is a reason of the step."""
    pairs = zip(steps, verdicts, strict=True)
    said = [(step, verdict.line, verdict.message) for step, verdict in pairs if verdict.message and verdict.line]
    if not said:
        return
    outcomes = speak(said)
    for step, verdict in zip(steps, verdicts, strict=True):
        if step.pk in outcomes:
            step.chat_message, verdict.reason = outcomes[step.pk]
            verdict.state = StepState.SKIPPED if verdict.reason else StepState.DONE
            verdict.message = step.chat_message.message if step.chat_message else None


def write(steps: Sequence[RobotStep], verdicts: Sequence[judging.Verdict], now: datetime.datetime) -> None:
    """Store what became of each step, in one statement."""
    finished = connection.ops.adapt_datetimefield_value(now)
    rows = [
        (
            verdict.state.value,
            verdict.reason.text,
            None if StepState(verdict.state).is_waiting else finished,
            verdict.message.pk if verdict.message is not None else None,
            step.chat_message_id,
            step.pk,
        )
        for step, verdict in zip(steps, verdicts, strict=True)
    ]
    with connection.cursor() as cursor:  # the ORM's bulk_update is some twenty times slower
        cursor.executemany(
            f"UPDATE {RobotStep._meta.db_table} SET state = %s, reason = %s, finished_at = %s, message_id = %s,"
            " chat_message_id = %s, claims = 0, left_until = NULL"
            f" WHERE id = %s AND state IN ({in_sql(sources(StepState.DONE, By.RUN))})",
            rows,
        )


SOURCE = WorkSource("steps", due_steps, run_due_steps, run_step_alone, waits_while_stopped=True)


def forecast(changes: Sequence[StageChange], arrivals: Sequence[Order] = (), *, notify: bool = True) -> Forecast:
    """What these changes and arrivals would lead to, judged as if each step's time had come; nothing is written."""
    now = timezone.now()
    steps = plan(changes, now)
    if arrivals:
        steps += arrival_steps(arrivals, now, notify=notify)
    verdicts = judging.judge(steps, now, is_forecast=True)
    outcome = Forecast(will_follow=sum(verdict.message is not None for verdict in verdicts))
    outcome.reasons.update(verdict.reason.code for verdict in verdicts if verdict.message is None)
    return outcome


def arrival_steps(arrivals: Sequence[Order], now: datetime.datetime, *, notify: bool) -> list[RobotStep]:
    """Steps that other arrivals would begin or move, ready to be judged; the orders are as they would be."""
    fresh, changed = plan_arrivals(arrivals, now, notify=notify)
    orders = {order.pk: order for order in arrivals}
    robots = Robot.objects.select_related("template").in_bulk([step.robot_id for step in changed]) if changed else {}
    for step in changed:
        step.order, step.robot = orders[step.order_id], robots[step.robot_id]
    return fresh + [step for step in changed if StepState(step.state).is_waiting]
