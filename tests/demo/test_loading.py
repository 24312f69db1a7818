"""`manage.py load_demo`: a company with orders, the first messages in the sandbox, and nothing anywhere else."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import call_command

from locations.models import Client, Company, Department
from messaging.gateways.models import SandboxDelivery
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.texts.models import TemplateText
from messaging.texts.rendering import render, render_subject
from messaging.texts.sms import measure
from notify_site.demo.words import ACCEPTED, ARRIVING, ON_THE_WAY, READY, THANKS
from orders.imports.models import Import, ImportState
from orders.models import Order, StageKind
from tests.makers import make_client, make_gateway, make_order
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_it_loads_two_departments_with_orders_in_every_stage():
    call_command("load_demo")
    languages = dict(Department.objects.values_list("language", "currency"))
    assert languages == {"pl": "PLN", "ru": "RUB"}
    assert set(Order.objects.values_list("stage__kind", flat=True)) == set(StageKind.values)
    assert 25 <= Order.objects.count() <= 35
    assert not Client.objects.filter(is_demo=False).exists()


def test_a_second_time_changes_nothing():
    call_command("load_demo")
    before = counts()
    call_command("load_demo")
    assert counts() == before


def test_its_orders_came_through_the_import_whose_report_stays():
    call_command("load_demo")
    reports = list(Import.objects.values_list("state", "report__created", "report__refused"))
    assert reports == [(ImportState.DONE, 14, 1)] * 2


def test_messages_stand_in_the_sandbox_as_soon_as_the_worker_runs():
    call_command("load_demo")
    run_worker()
    assert len(received()) >= 5
    texts = " ".join(body for _to, body in received())
    assert "zamowienie R-10" in texts
    assert "Заказ V-20" in texts
    assert received("email")


def test_the_reasons_why_nothing_came_can_be_seen():
    call_command("load_demo")
    run_worker()
    skipped = " ".join(str(step.reason) for step in RobotStep.objects.filter(state=StepState.SKIPPED))
    assert "does not want such messages" in skipped
    assert "There is no phone number" in skipped
    failed = Message.objects.get(state=MessageState.FAILED)
    assert str(failed.reason) == "The number cannot receive SMS."


def test_it_uses_no_other_gateway_even_when_a_heavier_one_is_connected():
    make_gateway("twilio_sms", weight=100)
    make_gateway("smtp", weight=100)
    call_command("load_demo")
    run_worker()
    used = Counter(Message.objects.values_list("gateway__adapter", flat=True))
    assert set(used) == {"sandbox_sms", "sandbox_email"}
    assert SandboxDelivery.objects.count() == used.total()


def test_arrival_and_thank_you_robots_wait_for_their_time():
    call_command("load_demo")
    waiting = Counter(RobotStep.objects.filter(state=StepState.PLANNED).values_list("robot__event", flat=True))
    assert waiting["arrival"] > 5
    assert waiting["order_placed"] > 0


def test_what_was_there_before_stays_what_it_was():
    mine = make_order()
    namesake = make_client(name="Klient 01")
    call_command("load_demo")
    mine.refresh_from_db()
    namesake.refresh_from_db()
    assert not mine.client.is_demo
    assert not namesake.is_demo
    assert not namesake.orders.exists()


def test_history_lies_in_the_past_in_the_right_order():
    call_command("load_demo")
    for order in Order.objects.filter(stage__kind=StageKind.DELIVERED):
        moments = list(order.stage_changes.order_by("id").values_list("at", flat=True))
        assert moments == sorted(set(moments))
        assert moments[0] == order.placed_at
        assert moments[-1] == order.stage_entered_at
        assert moments[-1] < order.created_at


@pytest.mark.parametrize("words", [ACCEPTED, READY, ON_THE_WAY, ARRIVING, THANKS])
def test_every_text_is_short_enough_for_the_robots_form(words: dict):
    for (channel, _language), (_subject, body) in words.items():
        assert channel == "email" or len(body) <= Company.current().max_sms_characters


def test_a_polish_sms_takes_one_part_of_the_cheap_alphabet():
    call_command("load_demo")
    run_worker()
    polish = [body for to, body in received() if to.startswith("+48") and "zamowienie" in body]
    assert polish
    assert {measure(body).parts for body in polish} == {1}


def test_every_text_can_be_filled():
    call_command("load_demo")
    order = Order.objects.select_related("client__company", "location", "department", "stage").first()
    context = {
        "order": order,
        "client": order.client,
        "location": order.location,
        "department": order.department,
        "company": Company.current(),
        "language": "pl",
        "time_zone": "Europe/Warsaw",
    }
    for text in TemplateText.objects.all():
        assert "{" not in render(text.body, context) + render_subject(text.subject, context)
