"""From a stage moved in the admin to the customer, with a real worker process: one test per way out."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.processes import Site, wait_until
from tests.running_worker import received

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = "+48501234567"
MAIL = "anna@example.com"


@pytest.fixture
def worker():
    with Site() as site:
        site.start("qcluster")
        yield site


def move_in_the_admin(client, order, stage) -> None:
    client.force_login(make_user(is_superuser=True))
    answer = client.post(reverse("admin:orders_order_move", args=[order.pk]), {"stage": stage.pk})
    assert answer.url.startswith(reverse("admin:orders_order_change", args=[order.pk]))


def sent() -> bool:
    return Message.objects.filter(state__in=[MessageState.SENT, MessageState.DELIVERED]).exists()


def test_it_reaches_the_sandbox_phone(worker, client):
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"], body="Order {order_number} is ready")
    move_in_the_admin(client, make_order(number="17", contact_phone=PHONE), stages["ready"])
    wait_until(sent, "the message is sent")
    assert received() == [(PHONE, "Order 17 is ready")]


def test_it_reaches_twilio(worker, client):
    stages = make_stages()
    make_robot(stages["ready"], body="Order {order_number} is ready")
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        move_in_the_admin(client, make_order(number="17", contact_phone=PHONE), stages["ready"])
        wait_until(sent, "the message is sent")
    assert [(form["To"], form["Body"]) for form in twilio.requests] == [(PHONE, "Order 17 is ready")]
    message = Message.objects.get()
    assert (message.state, message.provider_id[:2]) == (MessageState.SENT, "SM")


def test_it_reaches_a_mail_server(worker, client):
    stages = make_stages()
    make_robot(stages["ready"], channel="email", body="Order {order_number} is ready")
    with SmtpServer() as server:
        make_gateway("smtp", config=server.config())
        move_in_the_admin(client, make_order(number="17", contact_email=MAIL), stages["ready"])
        wait_until(sent, "the message is sent")
    (letter,) = server.letters
    assert letter["To"] == MAIL
    assert "Order 17 is ready" in letter.get_body(("plain",)).get_content()


def test_it_sends_a_delayed_message_by_itself_and_not_before_its_time(worker, client):
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"], delay_minutes=1)
    order = make_order(contact_phone=PHONE)
    move_in_the_admin(client, order, stages["ready"])
    step = order.robot_steps.get()
    planned = step.due_at
    soon = timezone.now() + datetime.timedelta(seconds=2)
    order.robot_steps.update(due_at=soon)  # a minute is long in a test; the worker sees only the time in the row
    assert (planned - step.stage_change.at) == datetime.timedelta(minutes=1)
    wait_until(sent, "the message is sent")
    message = Message.objects.get()
    assert datetime.timedelta(0) <= message.sent_at - soon < datetime.timedelta(seconds=5)
