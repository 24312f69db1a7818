"""What an operator may do with steps: let late ones go after all, or call them off."""

from django.db.models import QuerySet
from django.utils import timezone

from locations.values.reasons import NONE, Reason
from messaging.worker.wakeup import wake

from ..models import RobotStep
from ..states import By, StepState, move


def approve_steps(steps: QuerySet[RobotStep]) -> int:
    """Held steps run at once, however late; returns how many. Their validity and conditions are still checked."""
    count = move(steps.filter(state=StepState.HELD), StepState.PLANNED, By.PERSON, is_approved=True, reason=NONE)
    if count:
        wake()
    return count


def cancel_steps(steps: QuerySet[RobotStep], reason: Reason) -> int:
    """Call off what still waits; returns how many."""
    return move(steps, StepState.CANCELLED, By.PERSON, reason=reason, finished_at=timezone.now())
