"""Customers who were not told: steps without a message, or with one that did not go out, where nothing else told."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from messaging.outbox.models import Message
from messaging.outbox.states import MessageState

from ..models import RobotStep
from ..states import DUE, UNTOLD, WAITING, StepState

STOPPED_MESSAGES = [MessageState.REFUSED, MessageState.EXPIRED]
"""How a message ends that was made and then did not go out, though nobody called it off."""

UNREACHED_MESSAGES = [*STOPPED_MESSAGES, MessageState.FAILED]
"""How it ends when nobody was reached; failed ones are counted by themselves too."""

LATE = datetime.timedelta(minutes=1)


def untold_steps(days: int, now: datetime.datetime | None = None) -> QuerySet[RobotStep]:
    """Those that ended within so many days of the current zone, today's counting as one.

    A phone number without an e-mail address is no trouble: who was told by SMS was told (A11). So a step counts only if
    no other one of the same visit, or of the same order where there is none, told or will.
    """
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - datetime.timedelta(days=days - 1)
    same_event = Q(stage_change=OuterRef("stage_change")) | Q(stage_change=None, robot__event=OuterRef("robot__event"))
    reached = ~Q(message__state__in=UNREACHED_MESSAGES) | Q(message__resends__isnull=False)
    others = RobotStep.objects.filter(same_event, order=OuterRef("order"))
    others = others.filter(Q(state__in=WAITING) | Q(state=StepState.DONE) & reached)
    return RobotStep.objects.filter(~Exists(others), pk__in=_told_nobody(since))


def _told_nobody(since: datetime.datetime) -> QuerySet[RobotStep, Any]:
    """Keys of steps that made no message, and of those whose message did not go out: each by an index of its own."""
    stopped = Message.objects.filter(state__in=STOPPED_MESSAGES, created_at__gte=since, resends=None)
    made = RobotStep.objects.filter(state__unindexed=StepState.DONE, message__in=stopped)
    return RobotStep.objects.filter(state__in=UNTOLD, finished_at__gte=since).values("pk").union(made.values("pk"))


def overdue_steps(now: datetime.datetime) -> QuerySet[RobotStep]:
    """Those whose time has come and that still wait: the worker is down or behind, or all sending is stopped."""
    return RobotStep.objects.filter(state__one_of=DUE, due_at__lte=now - LATE)
