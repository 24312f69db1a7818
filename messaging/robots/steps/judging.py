"""What becomes of a step whose time has come: a message, or the reason why there is none."""

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import override

from locations.models import Channel, Company, Purpose
from locations.values.reasons import NONE, Reason
from messaging.inbox.reasons import NEVER_WROTE
from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.eligibility import obstacles
from messaging.outbox.queue.routing import Routes, missing_gateway
from messaging.texts.choosing import choose, texts_for
from messaging.texts.models import TemplateText
from messaging.texts.order_placeholders import order_context
from messaging.texts.rendering import UnknownPlaceholder, render, render_subject
from messaging.texts.sms import measure
from orders.models import Fulfilment, Order

from .. import reasons
from ..models import Robot, RobotStep
from ..robot_event import event_of
from ..states import StepState
from .addresses import address_book, find_address
from .open_line import OpenLine, open_lines

logger = logging.getLogger(__name__)


def with_needed(steps: QuerySet[RobotStep]) -> QuerySet[RobotStep]:
    """What `judge` needs besides the steps: in four queries, since PostgreSQL plans a join of all for 10 ms."""
    orders = Order.objects.select_related("stage", "client", "location", "department")
    robots = Robot.objects.select_related("template")
    return steps.prefetch_related(Prefetch("robot", robots), Prefetch("order", orders), "stage_change")


@dataclass
class Verdict:
    """The step's next state, with the message when there is one and the reason when there is none."""

    state: StepState
    reason: Reason = NONE
    message: Message | None = None
    line: OpenLine | None = None
    """Into which conversation the message goes, if it is the open-line robot's."""


class Situation:
    """What all steps of a batch are judged by, read once."""

    def __init__(self, steps: Sequence[RobotStep], now: datetime.datetime, *, is_forecast: bool) -> None:
        self.now = now
        self.is_forecast = is_forecast
        self.company = Company.current()
        self.routes = Routes()
        self.book = address_book(step.order.client for step in steps)
        chats = [step.order.client for step in steps if step.robot and step.robot.channel == Channel.CHAT]
        self.lines = open_lines(chats) if chats else {}
        self.texts = texts_for({step.robot.template_id for step in steps if step.robot and step.robot.template_id})
        self.late = now - datetime.timedelta(minutes=self.company.held_after_minutes)


def judge(steps: Sequence[RobotStep], now: datetime.datetime, *, is_forecast: bool = False) -> list[Verdict]:
    """One verdict per step, in their order; what `with_needed` names must be loaded.

    The queries do not grow with the steps. A forecast asks only what can be known before the step's time has come.
    """
    situation = Situation(steps, now, is_forecast=is_forecast)
    verdicts = [judge_step(step, situation) for step in steps]
    made = [(verdict, one) for verdict in verdicts if (one := verdict.message) is not None and not is_for_staff(one)]
    for index, reason in obstacles([message for _verdict, message in made], situation.company).items():
        verdict, _message = made[index]
        verdict.state, verdict.reason, verdict.message = StepState.SKIPPED, reason, None
    return verdicts


def is_for_staff(message: Message) -> bool:
    """A hidden message needs nobody's consent (decision 7)."""
    return message.purpose == Purpose.STAFF


def judge_step(step: RobotStep, situation: Situation) -> Verdict:
    for ask in (why_over, why_skipped, why_held):
        verdict = ask(step, situation)
        if verdict is not None:
            return verdict
    return compose(step, situation)


def why_over(step: RobotStep, situation: Situation) -> Verdict | None:
    """Its robot or its moment is gone."""
    if step.robot is None:
        return Verdict(StepState.SKIPPED, reasons.ROBOT_DELETED())
    if not step.robot.is_on:
        return Verdict(StepState.SKIPPED, reasons.ROBOT_OFF())
    if step.expires_at is not None and step.expires_at <= situation.now:
        return Verdict(*event_of(step.robot).ending(step))
    return None


def why_skipped(step: RobotStep, situation: Situation) -> Verdict | None:
    """A condition of the robot is not met, or there is nobody to write to."""
    robot, order = step.rule, step.order
    if robot.delivery_only and order.fulfilment != Fulfilment.DELIVERY:
        reason = reasons.NO_DELIVERY(fulfilment=order.fulfilment)
    elif not (reason := event_of(robot).why_skipped(robot, order, is_forecast=situation.is_forecast)):
        reason = why_unreachable(robot, order, situation)
    return Verdict(StepState.SKIPPED, reason) if reason else None


def why_unreachable(robot: Robot, order: Order, situation: Situation) -> Reason:
    if robot.channel == Channel.CHAT:
        return NONE if order.client_id in situation.lines else NEVER_WROTE()
    if situation.routes.choose(robot.channel, is_demo=order.client.is_demo) is None:
        return missing_gateway(robot.channel, is_demo=order.client.is_demo)
    return find_address(order, robot.channel, situation.book)[1]


def why_held(step: RobotStep, situation: Situation) -> Verdict | None:
    """After a breakdown or a pause nothing old is fired off; what its event ends expires instead (decision 18)."""
    if step.is_approved or not event_of(step.rule).may_be_held or step.due_at >= situation.late:
        return None
    minutes = int((situation.now - step.due_at).total_seconds() // 60)
    return Verdict(StepState.HELD, reasons.LATE(minutes=minutes))


def compose(step: RobotStep, situation: Situation) -> Verdict:
    """Fill the text and make the message."""
    robot, order = step.rule, step.order
    text = choose_text(robot, order, situation)
    if text is None:
        return Verdict(StepState.FAILED, reasons.NO_TEXT(channel=robot.channel))
    template = robot.template
    assert template is not None  # the text is its
    try:
        subject, body = fill(text, order, situation.company, situation.now)
    except UnknownPlaceholder as error:
        return Verdict(StepState.FAILED, error.reason)
    except Exception:  # a fault in one text must not stop the other steps
        logger.exception("Template text %s could not be filled for order %s", text.pk, order.pk)
        return Verdict(StepState.FAILED, reasons.TEXT_FAULT())
    if not body.strip():
        return Verdict(StepState.FAILED, reasons.EMPTY_TEXT())
    line = situation.lines.get(order.client_id) if robot.channel == Channel.CHAT else None
    channel = line.channel if line else robot.channel
    parts = measure(body).parts if channel == Channel.SMS and not robot.is_hidden else None
    if parts and parts > situation.company.max_sms_parts:
        allowed = situation.company.max_sms_parts
        return Verdict(StepState.FAILED, reasons.TOO_LONG(parts=parts, allowed=allowed))
    message = Message(
        order=order,
        client=order.client,
        text_version=text,
        channel=channel,
        purpose=Purpose.STAFF if line and robot.is_hidden else template.purpose,
        lane=Lane.ORDERS,
        to=line.address if line else find_address(order, robot.channel, situation.book)[0],
        subject=subject[:500],
        body=body,
        parts=parts,
        is_demo=order.client.is_demo,
        send_at=situation.now if step.is_approved else min(situation.now, step.due_at),  # lateness counts once
        expires_at=step.expires_at,
        is_approved=step.is_approved or not event_of(robot).may_be_held,
    )
    return Verdict(StepState.DONE, message=message, line=line)


def fill(text: TemplateText, order: Order, company: Company, now: datetime.datetime) -> tuple[str, str]:
    """Subject and body for this order at that moment. Raises UnknownPlaceholder."""
    with override(text.language):
        context = order_context(order, company, text.language, now)
        return render_subject(text.subject, context), render(text.body, context)


def choose_text(robot: Robot, order: Order, situation: Situation) -> TemplateText | None:
    """In the client's language, else the department's, else the company's, else any there is."""
    department = order.department
    languages = [order.client.language, department.language if department else "", situation.company.language]
    return choose(situation.texts.get((robot.template_id or 0, robot.channel), {}), [one for one in languages if one])
