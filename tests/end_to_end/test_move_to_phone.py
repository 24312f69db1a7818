"""From a stage moved in the admin to the customer, with a real worker process: one test per way out."""

import pytest
from django.urls import reverse

from messaging.outbox.models import Message, MessageState
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.processes import Site, wait_until
from tests.worker import received

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
    page = reverse("admin:orders_order_change", args=[order.pk])
    answer = client.post(page + "move/", {"stage": stage.pk})
    assert answer.status_code == 302


def sent() -> bool:
    return Message.objects.filter(state__in=[MessageState.SENT, MessageState.DELIVERED]).exists()


def test_it_reaches_the_sandbox_phone(worker, client):
    make_gateway("sandbox_sms")
    stages = make_stages()
    make_robot(stages["ready"], body="Order {order_number} is ready")
    move_in_the_admin(client, make_order(number="17", contact_phone=PHONE), stages["ready"])
    wait_until(sent, "the message is sent")
    assert received() == [(PHONE, "Order 17 is ready")]
