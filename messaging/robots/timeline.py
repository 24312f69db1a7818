"""Steps on an order's time line: what will be said, and why something was not."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.outbox.redaction import READS_CHAT, without_secrets
from orders.models import Order
from orders.timeline import Entry

from .models import RobotStep
from .states import WAITING, StepState
from .steps.preview import Foretold, foretell

AFTERWARDS = datetime.timedelta(microseconds=1)  # the note stands above the move that it is about


def steps_of_order(order: Order) -> Iterable[Entry]:
    """Steps without a message; one that made a message is told by the message. Web chat's words are the delivery.

    One that waits shows what it would say now.
    """
    # Asked for in SQL, SQLite would go through all steps that have no message.
    steps = [step for step in order.robot_steps.select_related("chat_message", "robot") if step.message_id is None]
    foretold = foretell(step for step in steps if step.state in WAITING)
    for step in steps:
        state, said = StepState(step.state), step.chat_message
        ahead = foretold.get(step.pk, Foretold())
        yield Entry(
            at=step.due_at if state.is_waiting else step.finished_at or step.due_at,
            title=step.robot_name,
            detail=str(step.reason) or why_silent(ahead),
            remedy=(step.reason or ahead.reason).remedy,
            badge=state.label,
            tone=state.tone,
            is_future=state.is_waiting,
            text=without_secrets(said.text) if said else ahead.text,
            text_needs=READS_CHAT if said or (step.robot and step.robot.is_hidden) else "",
            url=reverse("inbox:conversation", args=[said.conversation_id]) if said else "",
        )
    yield from silent_moves(order)


def why_silent(ahead: Foretold) -> str:
    return _("As it is now, nothing would go out: %(reason)s") % {"reason": ahead.reason} if ahead.reason else ""


def silent_moves(order: Order) -> Iterable[Entry]:
    """Moves about which customers were to be told, and no robot was on to do it."""
    steps = RobotStep.objects.filter(stage_change=OuterRef("pk"))
    for change in order.stage_changes.filter(~Exists(steps), notify=True).select_related("to_stage"):
        yield Entry(
            at=change.at + AFTERWARDS,
            title=_("No message was planned"),
            detail=_("No robot was on for the stage “%(stage)s”.") % {"stage": change.to_stage},
            badge=_("silent"),
        )
