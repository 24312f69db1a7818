"""The open-line robot writes where the client last wrote from (E24); a hidden message is for the staff alone (E25)."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from locations.consent import record_opt_out
from locations.models import Channel, Purpose
from locations.values.reasons import in_words
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.finding import conversation_of, remember_address
from messaging.inbox.lines.lines import line_of, web_line
from messaging.inbox.models import AddressKind, ChatMessage, ChatSettings, LineKind, Sender
from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from messaging.robots.steps.running import run_due_steps
from messaging.texts.models import TemplateText
from orders.moves import move_to
from tests.inbox.makers import logged_in, switch_on
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_template, make_user

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


def make_chat_robot(**fields):
    switch_on()
    return make_robot(make_stages()["ready"], body="Order {order_number} is ready", channel=Channel.CHAT, **fields)


def make_ready(order):
    """The order enters the robot's stage, and the worker comes by."""
    move_to(order, make_stages()["ready"])
    run_due_steps(timezone.now())
    return RobotStep.objects.get(order=order)


def writes_sms(order):
    line = line_of(make_gateway(), LineKind.SMS)
    conversation = conversation_of(order.client)
    remember_address(conversation, AddressKind.PHONE, PHONE, line)
    receive(conversation, Said("Where is my order?"), line)
    return conversation


def test_who_last_wrote_by_web_chat_gets_it_there():
    make_chat_robot()
    order = make_order(number="A-7")
    receive(conversation_of(order.client), Said("Hello"), web_line())
    step = make_ready(order)
    assert step.state == "done"
    assert (step.chat_message.text, step.chat_message.sender) == ("Order A-7 is ready", Sender.ROBOT)
    assert step.chat_message.line == web_line()
    assert not Message.objects.exists()


def test_who_last_wrote_by_sms_gets_an_sms_through_that_gateway():
    make_chat_robot(validity_minutes=60)
    order = make_order(number="A-7")
    receive(conversation_of(order.client), Said("Hello"), web_line())
    conversation = writes_sms(order)
    step = make_ready(order)
    message = Message.objects.get()
    assert (message.channel, message.to, message.body) == ("sms", PHONE, "Order A-7 is ready")
    assert message.gateway == conversation_of(order.client).line.gateway
    assert (message.order, message.expires_at) == (order, step.expires_at)
    assert step.message == message
    assert step.chat_message == conversation.chat_messages.last()


def test_who_never_wrote_gets_nothing_and_the_step_says_so():
    make_chat_robot()
    step = make_ready(make_order())
    assert step.state == "skipped"
    assert str(step.reason) == "The client never wrote to us, so there is no line to answer by."
    assert not ChatMessage.objects.exists()


def test_a_hidden_message_goes_nowhere():
    make_chat_robot(is_hidden=True)
    order = make_order()
    writes_sms(order)
    record_opt_out(order.client, Channel.SMS, Purpose.SERVICE, in_words("by phone"), [PHONE])
    step = make_ready(order)
    assert step.state == "done"
    assert step.chat_message.is_hidden
    assert not Message.objects.exists()


def test_who_wants_no_sms_gets_none_by_that_line():
    make_chat_robot()
    order = make_order()
    writes_sms(order)
    record_opt_out(order.client, Channel.SMS, Purpose.SERVICE, in_words("by phone"), [PHONE])
    step = make_ready(order)
    assert step.state == "skipped"
    assert "does not want such messages" in str(step.reason)
    assert not ChatMessage.objects.filter(sender=Sender.ROBOT).exists()


def test_a_line_that_is_off_is_the_reason():
    make_chat_robot()
    order = make_order()
    conversation = writes_sms(order)
    line = conversation_of(order.client).line
    line.is_on = False
    line.save()
    step = make_ready(order)
    assert step.state == "skipped"
    assert "is switched off" in str(step.reason)
    assert conversation.chat_messages.count() == 1


def test_while_the_chat_is_off_nobody_would_see_it_there():
    make_chat_robot()
    order = make_order()
    receive(conversation_of(order.client), Said("Hello"), web_line())
    ChatSettings.objects.update(is_on=False)
    step = make_ready(order)
    assert step.state == "skipped"
    assert "The chat is switched off" in str(step.reason)


def test_a_step_whose_worker_was_killed_after_it_spoke_does_not_speak_again():
    """As if the words were on record and the step's own end were not."""
    make_chat_robot()
    order = make_order()
    receive(conversation_of(order.client), Said("Hello"), web_line())
    step = make_ready(order)
    RobotStep.objects.filter(pk=step.pk).update(state="planned", chat_message=None, finished_at=None)
    run_due_steps(timezone.now())
    step.refresh_from_db()
    assert step.state == "done"
    assert [step.chat_message] == list(ChatMessage.objects.filter(sender=Sender.ROBOT))


def test_it_expires_as_others_do():
    make_chat_robot(delay_minutes=10, validity_minutes=30)
    order = make_order()
    receive(conversation_of(order.client), Said("Hello"), web_line())
    move_to(order, make_stages()["ready"])
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31), tick=False):
        run_due_steps(timezone.now())
    assert RobotStep.objects.get(order=order).state == "expired"
    assert ChatMessage.objects.count() == 1


def test_many_steps_are_judged_by_as_many_queries_as_few(django_assert_max_num_queries):
    make_chat_robot()
    for _number in range(12):
        move_to(make_order(), make_stages()["ready"])
    with django_assert_max_num_queries(30):
        run_due_steps(timezone.now())
    assert RobotStep.objects.filter(state="skipped").count() == 12


def test_the_time_line_of_the_order_shows_what_was_said_in_the_chat():
    make_chat_robot(name="Tell in the chat")
    order = make_order(number="A-7")
    receive(conversation_of(order.client), Said("Hello"), web_line())
    make_ready(order)
    page = logged_in(make_user("Manager")).get(reverse("admin:orders_order_change", args=[order.pk]))
    assert "Tell in the chat" in page.content.decode()
    assert "Order A-7 is ready" in page.content.decode()


def test_the_editor_has_words_for_the_chat_and_the_robots_form_offers_it():
    browser = logged_in(make_user("Manager"))
    template = make_template("By SMS")
    page = browser.get(reverse("admin:texts_messagetemplate_change", args=[template.pk]))
    form = page.context["adminform"].form
    words = {name: form[name].value() or "" for name in form.fields} | {"chat_en_body": "By chat, {order_number}"}
    browser.post(reverse("admin:texts_messagetemplate_change", args=[template.pk]), words)
    assert TemplateText.objects.get(template=template, channel="chat").body == "By chat, {order_number}"
    form = browser.get(reverse("admin:robots_robot_add")).context["adminform"].form
    assert ("chat", "Chat") in list(form.fields["channel"].choices)
    assert "is_hidden" in form.fields
