"""What becomes of a step whose time has come: a message, or a reason in words why there is none."""

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import override

from locations.models import Channel, Company, Purpose
from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.eligibility import obstacles
from messaging.outbox.queue.routing import Routes, missing_gateway
from messaging.texts.choosing import choose, texts_for
from messaging.texts.models import TemplateText
from messaging.texts.order_placeholders import order_context
from messaging.texts.rendering import UnknownPlaceholder, render, render_subject
from messaging.texts.sms import measure
from orders.models import Fulfilment, Order, StageKind

from ..models import Event, Robot, RobotStep
from ..states import StepState
from .addresses import address_book, find_address
from .open_line import OpenLine, open_lines, why_no_line
from .planning import ARRIVAL_PASSED

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
    reason: str = ""
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
        verdict.state, verdict.reason, verdict.message = StepState.SKIPPED, str(reason), None
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
        return Verdict(StepState.SKIPPED, "The robot was deleted.")
    if not step.robot.is_on:
        return Verdict(StepState.SKIPPED, "The robot was switched off.")
    if step.expires_at is not None and step.expires_at <= situation.now:
        if step.robot.event == Event.ARRIVAL:
            return Verdict(StepState.SKIPPED, ARRIVAL_PASSED)
        ended = timezone.localtime(step.expires_at)
        return Verdict(StepState.EXPIRED, f"Its validity ended on {ended:%d.%m. at %H:%M}.")
    return None


def why_skipped(step: RobotStep, situation: Situation) -> Verdict | None:
    """A condition of the robot is not met, or there is nobody to write to."""
    robot, order = step.rule, step.order
    reason = ""
    if robot.delivery_only and order.fulfilment != Fulfilment.DELIVERY:
        reason = f"The robot tells about deliveries only; this order is: {order.get_fulfilment_display().lower()}."
    elif robot.event == Event.ORDER_PLACED and not situation.is_forecast and not was_delivered(robot, order):
        reason = "The order was not delivered by then."
    elif robot.event == Event.ARRIVAL and robot.only_while_driver_live:
        reason = "The order is on no route, so nobody knows whether the driver's app is live."
    elif robot.channel == Channel.CHAT:
        reason = "" if order.client_id in situation.lines else why_no_line()
    elif situation.routes.choose(robot.channel, is_demo=order.client.is_demo) is None:
        reason = str(missing_gateway(robot.channel, is_demo=order.client.is_demo))
    else:
        _address, reason = find_address(order, robot.channel, situation.book)
    return Verdict(StepState.SKIPPED, reason) if reason else None


def was_delivered(robot: Robot, order: Order) -> bool:
    return not robot.only_if_delivered or order.stage.kind == StageKind.DELIVERED


def why_held(step: RobotStep, situation: Situation) -> Verdict | None:
    """After a breakdown or a pause nothing old is fired off; arrival steps expire instead (decision 18)."""
    if step.is_approved or step.rule.event == Event.ARRIVAL or step.due_at >= situation.late:
        return None
    minutes = int((situation.now - step.due_at).total_seconds() // 60)
    return Verdict(StepState.HELD, f"{minutes} minutes late: send it still?")


def compose(step: RobotStep, situation: Situation) -> Verdict:
    """Fill the text and make the message."""
    robot, order = step.rule, step.order
    text = choose_text(robot, order, situation)
    if text is None:
        return Verdict(StepState.FAILED, f"The template has no text for {robot.get_channel_display()}.")
    template = robot.template
    assert template is not None  # the text is its
    try:
        subject, body = fill(text, order, situation.company, situation.now)
    except UnknownPlaceholder as error:
        return Verdict(StepState.FAILED, str(error))
    except Exception:  # a fault in one text must not stop the other steps
        logger.exception("Template text %s could not be filled for order %s", text.pk, order.pk)
        return Verdict(StepState.FAILED, "The program failed to fill the text; the log has the details.")
    if not body.strip():
        return Verdict(StepState.FAILED, "The text is empty once filled.")
    line = situation.lines.get(order.client_id) if robot.channel == Channel.CHAT else None
    channel = line.channel if line else robot.channel
    parts = measure(body).parts if channel == Channel.SMS and not robot.is_hidden else None
    if parts and parts > situation.company.max_sms_parts:
        allowed = situation.company.max_sms_parts
        return Verdict(StepState.FAILED, f"The filled text takes {parts} SMS parts; at most {allowed} are allowed.")
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
        is_approved=step.is_approved or robot.event == Event.ARRIVAL,
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
