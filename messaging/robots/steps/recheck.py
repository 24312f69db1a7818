"""The robots' messages that waited in the queue, looked at again: the robot may be off, the arrival may have moved."""

import datetime
import logging
from collections.abc import Sequence

from locations.models import Channel, Company
from messaging.outbox.models import Message
from messaging.outbox.queue.recheck import SecondThought
from messaging.outbox.states import MessageState
from messaging.texts.models import TemplateText
from messaging.texts.sms import measure
from orders.models import Order

from .. import reasons
from ..models import RobotStep
from ..robot_event import event_of
from .judging import fill, with_needed

logger = logging.getLogger(__name__)


def look_again(messages: Sequence[Message], now: datetime.datetime) -> dict[int, SecondThought]:
    """What has changed for those that a step made, or that were sent again in the place of one. Six queries."""
    made_by = {message.pk: message.resend_of_id or message.pk for message in messages}
    steps = with_needed(RobotStep.objects.filter(message__in=set(made_by.values())))
    by_message = {step.message_id: step for step in steps}
    mine = [message for message in messages if made_by[message.pk] in by_message]
    if not mine:
        return {}
    texts = TemplateText.objects.in_bulk({message.text_version_id for message in mine} - {None})
    company = Company.current()
    thoughts = {}
    for message in mine:
        step = by_message[made_by[message.pk]]
        thought = why_not(message, step, now) or tell_anew(message, step.order, texts, company, now)
        if thought is not None:
            thoughts[message.pk] = thought
    return thoughts


def why_not(message: Message, step: RobotStep, now: datetime.datetime) -> SecondThought | None:
    """A person who sends a message again may do so although its robot is off by now."""
    if message.resend_of_id is None and step.robot is None:
        return SecondThought(MessageState.CANCELLED, reasons.ROBOT_DELETED())
    if message.resend_of_id is None and not step.rule.is_on:
        return SecondThought(MessageState.CANCELLED, reasons.ROBOT_OFF())
    return event_of(step.robot).second_thought(message, step, now) if step.robot else None


def tell_anew(
    message: Message, order: Order, texts: dict[int, TemplateText], company: Company, now: datetime.datetime
) -> SecondThought | None:
    """The same text with what is true now: minutes to an arrival, a corrected total. None when nothing has changed.

    Words in a conversation stand there already. What cannot be filled any more goes as it was.
    """
    text = texts.get(message.text_version_id or 0)
    if text is None or message.is_pinned or message.channel == Channel.CHAT:
        return None
    try:
        subject, body = fill(text, order, company, now)
    except Exception:  # a fault in one text must not stop the other messages
        logger.exception("Template text %s could not be filled again for order %s", text.pk, order.pk)
        return None
    parts = measure(body).parts if message.channel == Channel.SMS else None
    is_sendable = bool(body.strip()) and (parts is None or parts <= company.max_sms_parts)
    if not is_sendable or (subject[:500], body) == (message.subject, message.body):
        return None
    return SecondThought(changes={"subject": subject[:500], "body": body, "parts": parts})
