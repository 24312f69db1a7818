"""A new message channel is one declaration: templates have its words, a robot tells by it, its gateway carries them."""

import pytest
from django.urls import reverse

from locations.consent import record_opt_out
from locations.models import Channel, Company
from locations.values.channels import ChannelTraits
from locations.values.reasons import in_words
from messaging.gateways.adapters import adapter
from messaging.gateways.adapters.base import _adapters
from messaging.gateways.adapters.sandbox import Sandbox
from messaging.gateways.models import SandboxDelivery
from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from messaging.texts.models import MessageTemplate
from orders.moves import move_to
from tests.declaring import declare
from tests.inbox.makers import logged_in
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+48501234567"
SAID = in_words("Said so on the phone.")


@pytest.fixture
def rcs(monkeypatch):
    """The declaration, and the provider's file that every gateway has."""
    traits = ChannelTraits("rtt", "Chat messages to your customers' phones.", contact="phone")
    channel = declare(monkeypatch, Channel, "RCS", "rcs", traits, "RCS")
    monkeypatch.setitem(_adapters, "sandbox_rcs", Sandbox)

    @adapter
    class SandboxRcs(Sandbox):
        key, label, channel = "sandbox_rcs", "Sandbox RCS", "rcs"

        def find_special(self, to):
            return None

    return channel


def test_a_robot_tells_by_it_and_it_goes_out(rcs):
    make_gateway("sandbox_rcs")
    stages = make_stages()
    make_robot(stages["ready"], channel=rcs, body="Order {order_number} is ready")
    order = make_order(number="17", contact_phone=PHONE)
    move_to(order, stages["ready"])
    run_worker()
    message = Message.objects.get()
    assert (message.channel, message.to, message.state, message.parts) == ("rcs", PHONE, "delivered", None)
    assert SandboxDelivery.objects.get().body == "Order 17 is ready"


def test_without_a_phone_it_says_why_it_tells_nobody(rcs):
    make_gateway("sandbox_rcs")
    stages = make_stages()
    make_robot(stages["ready"], channel=rcs)
    order = make_order()
    move_to(order, stages["ready"])
    run_worker()
    step = RobotStep.objects.get()
    assert (step.state, "no phone" in str(step.reason)) == ("skipped", True)


def test_who_refused_it_is_left_in_peace(rcs):
    make_gateway("sandbox_rcs")
    stages = make_stages()
    make_robot(stages["ready"], channel=rcs)
    order = make_order(contact_phone=PHONE)
    record_opt_out(order.client, "rcs", "service", SAID)
    move_to(order, stages["ready"])
    run_worker()
    assert not SandboxDelivery.objects.exists()
    assert RobotStep.objects.get().state == "skipped"


def test_the_editor_has_a_place_for_its_words_and_shows_them(rcs):
    browser = logged_in(make_user(is_superuser=True))
    page = browser.get(reverse("admin:texts_messagetemplate_add"))
    assert "RCS" in page.content.decode()
    form = {**page.context["adminform"].form.initial, "name": "Ready", "use": "order", "purpose": "service"}
    saved = browser.post(reverse("admin:texts_messagetemplate_add"), {**form, "rcs_en_body": "Order {order_number}"})
    assert saved.status_code == 302
    text = MessageTemplate.objects.get().texts.get()
    assert (text.channel, text.body) == ("rcs", "Order {order_number}")


def test_the_pages_of_gateways_and_robots_offer_it(rcs):
    browser = logged_in(make_user(is_superuser=True))
    choose = browser.get(reverse("admin:gateways_gateway_add")).content.decode()
    assert "Sandbox RCS" in choose
    make_gateway("sandbox_rcs", name="Our RCS")
    listed = browser.get(reverse("admin:gateways_gateway_changelist")).content.decode()
    assert "RCS" in listed.partition("Our RCS")[2]
    robot = browser.get(reverse("admin:robots_robot_add")).content.decode()
    assert 'value="rcs"' in robot


def test_every_channel_that_is_asked_for_has_its_column():
    assert all(hasattr(Company(), flag) for flag in Channel.flags())
