"""Removing the demo, by the button and by the command: all that is its own goes, all that is yours stays."""

import datetime

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from locations.models import Client, Department
from messaging.gateways.models import Gateway, SandboxDelivery
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot, RobotStep
from messaging.texts.models import MessageTemplate, TemplateText
from notify_site.demo import removing
from notify_site.models import DemoRow
from orders.models import Order, StageKind
from orders.moves import move_to
from tests.makers import make_client, make_gateway, make_location, make_order, make_stages, make_template, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
# What a worker and a person at the site leave behind by themselves.
NOBODYS = {
    "worker.DrainSlot", "locations.Company", "contenttypes.ContentType", "auth.User",
    "inbox.ChatSettings", "inbox.Line", "sessions.Session", "axes.AccessLog", "axes.AccessAttempt",
}  # fmt: skip


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in NOBODYS
    }


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_user(is_superuser=True))
    return client


def test_no_row_is_left_behind():
    before = counts()
    call_command("load_demo")
    run_worker()
    call_command("remove_demo")
    assert counts() == before


def test_it_can_be_loaded_again():
    call_command("load_demo")
    first = Order.objects.count()
    call_command("remove_demo")
    call_command("load_demo")
    assert Order.objects.count() == first


def test_my_own_order_client_and_template_stay():
    mine = make_order(make_location(make_client(name="Klient 01")))
    template = make_template("Hello {order_number}")
    call_command("load_demo")
    run_worker()
    call_command("remove_demo")
    assert list(Order.objects.all()) == [mine]
    assert list(Client.objects.all()) == [mine.client]
    assert list(MessageTemplate.objects.all()) == [template]


def test_what_my_own_orders_use_stays():
    call_command("load_demo")
    department = Department.objects.get(language="pl")
    mine = make_order(make_location(), department=department, contact_phone="+48501234567")
    move_to(mine, make_stages()[StageKind.PREPARING])
    run_worker()
    message = Message.objects.get(order=mine)
    call_command("remove_demo")
    message.refresh_from_db()
    assert message.text_version.template.name == "Demo: accepted"
    assert message.gateway == Gateway.objects.get()
    assert list(Department.objects.all()) == [department]
    assert received() == [("+48501234567", message.body)]
    assert not Robot.objects.exists()
    assert set(RobotStep.objects.values_list("order", flat=True)) == {mine.pk}
    assert not DemoRow.objects.exists()


def test_a_demo_client_with_my_own_order_stays_and_is_still_written_to_through_the_sandbox_only():
    call_command("load_demo")
    demo = Client.objects.get(external_id="DEMO-PL-01")
    mine = make_order(demo.locations.get())
    call_command("remove_demo")
    assert list(Client.objects.all()) == [mine.client]
    assert mine.client.is_demo


def test_a_robot_with_my_own_template_and_my_own_words_stay():
    call_command("load_demo")
    robot = Robot.objects.get(name="Demo: ready, SMS")
    robot.template = make_template("Ready: {order_number}")
    robot.save()
    thanks = MessageTemplate.objects.get(name="Demo: thank you")
    TemplateText.objects.create(template=thanks, channel="sms", language="pl", body="Dzieki!", by=make_user())
    call_command("remove_demo")
    assert list(Robot.objects.all()) == [robot]
    assert set(MessageTemplate.objects.all()) == {robot.template, thanks}


def test_a_message_on_its_way_is_not_deleted_under_the_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(removing, "PATIENCE", 0)
    call_command("load_demo")
    run_worker()
    sending = Message.objects.filter(is_demo=True).first()
    leased = timezone.now() + datetime.timedelta(seconds=20)
    Message.objects.filter(pk=sending.pk).update(state=MessageState.SENDING, lease_until=leased)
    with pytest.raises(CommandError, match="try again in a minute"):
        call_command("remove_demo")
    assert Order.objects.exists()
    Message.objects.filter(pk=sending.pk).update(state=MessageState.SENT, lease_until=None)
    call_command("remove_demo")
    assert not Order.objects.exists()
    assert not SandboxDelivery.objects.exists()


def test_the_dashboard_leads_to_the_button(manager: Browser):
    call_command("load_demo")
    page = manager.get(reverse("admin:index"))
    assert reverse("demo_remove") in page.content.decode()


def test_the_dashboard_warns_when_demo_robots_would_write_through_a_real_gateway(manager: Browser):
    call_command("load_demo")
    assert "also write to your own customers" not in manager.get(reverse("admin:index")).content.decode()
    make_gateway("twilio_sms", name="Our Twilio")
    assert (
        "also write to your own customers, through “Our Twilio”" in manager.get(reverse("admin:index")).content.decode()
    )


def test_looking_at_the_page_removes_nothing(manager: Browser):
    call_command("load_demo")
    page = manager.get(reverse("demo_remove"))
    assert f"{Order.objects.count()} demo orders" in page.content.decode()
    assert DemoRow.objects.exists()


def test_the_button_removes_the_demo(manager: Browser):
    call_command("load_demo")
    answer = manager.post(reverse("demo_remove"), follow=True)
    assert "The demo is removed" in answer.content.decode()
    assert not Order.objects.exists()
    assert reverse("demo_remove") not in answer.content.decode()


def test_a_person_without_the_permission_may_not(client: Browser):
    call_command("load_demo")
    client.force_login(make_user("Operator"))
    assert client.post(reverse("demo_remove")).status_code == 403
    assert reverse("demo_remove") not in client.get(reverse("admin:index")).content.decode()
    assert Order.objects.exists()


def test_a_stranger_is_asked_to_log_in(client: Browser):
    call_command("load_demo")
    assert client.post(reverse("demo_remove")).status_code == 302
    assert Order.objects.exists()
