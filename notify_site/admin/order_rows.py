"""What the list of orders knows about each order's messages: two queries for a whole page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Model
from django.http import HttpRequest
from django.utils import timezone

from locations.lists.paging import CappedChangeList
from locations.models import Channel, Department
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import DUE, UNTOLD, WAITING, StepState
from messaging.robots.steps.untold import STOPPED_MESSAGES, UNREACHED_MESSAGES
from orders.models import Order, Stage

from .order_cells import ListedOrder

TROUBLE = (MessageState.FAILED, MessageState.IN_DOUBT, MessageState.HELD)


class OrderChangeList(CappedChangeList):
    """Loads the rows' messages and steps at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        know(self.result_list, "stage", stages_of(request))
        know(self.result_list, "department", departments_of(request))
        attach_messages(self.result_list)


def know(orders: Iterable[Order], name: str, rows: Iterable[Model]) -> None:
    """Hand each order the one of these rows that it names; one made this very moment is read when it is shown."""
    field: Any = Order._meta.get_field(name)
    by_key = {row.pk: row for row in rows}
    for order in orders:
        if (row := by_key.get(getattr(order, field.attname))) is not None:
            field.set_cached_value(order, row)


def stages_of(request: HttpRequest) -> list[Stage]:
    """All stages, read once for a page that asks for them five times."""
    return once(request, "stages", Stage.objects.all())


def departments_of(request: HttpRequest) -> list[Department]:
    """All departments, read once for a page that asks for them twice."""
    return once(request, "departments", Department.objects.only("name"))


def once(request: HttpRequest, name: str, rows: Iterable[Any]) -> list[Any]:
    """The rows, kept with the request under a name."""
    kept = f"known_{name}"
    if not hasattr(request, kept):
        setattr(request, kept, list(rows))
    return getattr(request, kept)


def attach_messages(orders: Sequence[ListedOrder]) -> None:
    """Sets on each order what `attach` finds among its steps and messages."""
    keys = [order.pk for order in orders]
    steps: dict[int, list[Any]] = defaultdict(list)
    told = [StepState.DONE, *WAITING, *UNTOLD]
    columns = ("order", "stage_change", "message", "state", "reason", "due_at", "robot_name")
    of_orders = RobotStep.objects.filter(order__in=keys, state__unindexed__in=told).only(*columns)
    for step in of_orders.annotate(robot_channel=F("robot__channel")):
        steps[step.order_id].append(step)
    messages: dict[int, list[Message]] = defaultdict(list)
    read = ("order", "channel", "state", "send_at", "sent_at", "created_at", "resend_of", "reason")
    for message in Message.objects.filter(order__in=keys).only(*read).order_by("id"):
        messages[message.order_id or 0].append(message)
    for order in orders:
        attach(order, steps[order.pk], messages[order.pk])


def attach(order: ListedOrder, steps: list[Any], messages: list[Message]) -> None:
    """`waiting` ([(at, channel)], soonest first), `is_overdue`, `last_message`, `troubles` and `untold` (a reason)."""
    planned = [
        (step.due_at, Channel(step.robot_channel).label if step.robot_channel else step.robot_name)
        for step in steps
        if step.state in DUE
    ]
    queued = [
        (message.send_at, Channel(message.channel).label)
        for message in messages
        if message.state == MessageState.QUEUED
    ]
    order.waiting = sorted([*planned, *queued])
    order.is_overdue = bool(order.waiting) and order.waiting[0][0] < timezone.now()
    order.last_message = messages[-1] if messages else None
    replaced = {message.resend_of_id for message in messages}
    words = {
        MessageState(message.state) for message in messages if message.state in TROUBLE and message.pk not in replaced
    }
    if any(step.state == StepState.HELD for step in steps):
        words.add(MessageState.HELD)
    order.troubles = sorted(words, key=TROUBLE.index)
    order.untold = why_untold(steps, {one.pk: one for one in messages if one.pk not in replaced})


def why_untold(steps: Sequence[RobotStep], messages: dict[int, Message]) -> str:
    """The reason why the customer heard nothing of the newest event that robots stood on; "" if they did or will.

    `messages`: those of the order that were not sent again. That one failed is said by its own word.
    """
    newest = max(steps, key=lambda step: step.pk, default=None)
    siblings = [step for step in steps if newest is not None and step.stage_change_id == newest.stage_change_id]
    made = {step.pk: message for step in siblings if (message := messages.get(step.message_id or 0))}
    if not all(step.state in UNTOLD or _is(made.get(step.pk), UNREACHED_MESSAGES) for step in siblings):
        return ""
    stopped = [step for step in siblings if step.state in UNTOLD or _is(made.get(step.pk), STOPPED_MESSAGES)]
    why = (str(step.reason or (made[step.pk].reason if step.pk in made else "")) for step in stopped)
    return next(filter(None, why), stopped[-1].get_state_display() if stopped else "")


def _is(message: Message | None, states: list[MessageState]) -> bool:
    return message is not None and message.state in states
