"""Customers who were not told: steps that ended without a message, where nothing else told of the same event."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from messaging.outbox.models import MessageState

from .models import WAITING, RobotRun, StepState

UNTOLD = [StepState.SKIPPED, StepState.EXPIRED, StepState.FAILED]
"""How a step ends that told nobody, though nobody called it off."""

TOLD_NOBODY = [state for state in MessageState if state.is_final and state != MessageState.DELIVERED]
"""How a message ends that told nobody."""

LATE = datetime.timedelta(minutes=1)


def untold_steps(days: int, now: datetime.datetime | None = None) -> QuerySet[RobotRun]:
    """Those that ended within so many days of the current zone, today's counting as one.

    A phone number without an e-mail address is no trouble: who was told by SMS was told (A11). So a step counts only if
    no other one of the same visit, or of the same order where there is none, told or will.
    """
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - datetime.timedelta(days=days - 1)
    same_event = Q(stage_change=OuterRef("stage_change")) | Q(stage_change=None, robot__event=OuterRef("robot__event"))
    others = RobotRun.objects.filter(same_event, order=OuterRef("order"), state__in=[StepState.DONE, *WAITING])
    return RobotRun.objects.filter(~Exists(others), state__in=UNTOLD, finished_at__gte=since)


def overdue_steps(now: datetime.datetime) -> QuerySet[RobotRun]:
    """Those whose time has come and that still wait: the worker is down or behind, or all sending is stopped."""
    due = [StepState.PLANNED, StepState.POSTPONED]
    return RobotRun.objects.filter(state__one_of=due, due_at__lte=now - LATE)
