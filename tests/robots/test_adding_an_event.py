"""An event is one class: the one that docs/adding.md shows is added here, and does all that the others do."""

import datetime

import pytest
import time_machine
from django.core.management import call_command

from messaging.robots import reasons
from messaging.robots.event_registry import events
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps.running import forecast
from orders.models import StageChange
from orders.moves import move_to
from tests.house.source import ROOT
from tests.house.test_docs import part_of
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_template, make_user
from tests.running_worker import received, run_worker
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
PHONE = "+48501234567"
ROBOTS = "/admin/robots/robot/"
PACKAGE = "messaging.robots.events"


@pytest.fixture(autouse=True)
def added(monkeypatch):
    monkeypatch.setitem(events, "still_here", None)  # so that it is gone afterwards
    code = part_of(ROOT / "docs" / "adding.md", "example event").strip().removeprefix("```python").removesuffix("```")
    exec(compile(code, "docs/adding.md", "exec"), {"__name__": f"{PACKAGE}.still_here", "__package__": PACKAGE})


@pytest.fixture
def alice(client):
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.fixture
def clock():
    make_gateway("sandbox_sms")
    make_robot(event="still_here", delay_minutes=10, validity_minutes=60)
    with time_machine.travel(NOON, tick=False) as moving:
        yield moving


def ended() -> tuple[str, object]:
    step = RobotStep.objects.get()
    return step.state, step.reason


def test_it_is_offered_in_the_form_with_its_fields_and_its_refusals(alice):
    page = alice.get(f"{ROBOTS}add/").content.decode()
    assert '<option value="still_here">minutes after the order was placed</option>' in page
    fields = {"name": "Soon", "event": "still_here", "template": make_template().pk}
    answer = save(alice, f"{ROBOTS}add/", **fields)
    assert faults(answer)["delay_minutes"] == ["Say after how many minutes."]
    assert not faults(save(alice, f"{ROBOTS}add/", **fields, delay_minutes="10"))
    assert Robot.objects.get().event == "still_here"


def test_the_form_shows_a_field_for_each_event_that_asks_for_it(alice):
    shown = alice.get(f"{ROBOTS}add/").context["adminform"].model_admin.conditional_fields
    assert shown["delay_minutes"] == "event == 'stage_entered' || event == 'still_here'"
    assert shown["stage"] == "event == 'stage_entered'"
    assert "still_here" in shown["validity_minutes"]


def test_it_stands_on_the_board_under_its_own_heading(alice):
    make_robot(event="still_here", delay_minutes=10)
    (column,) = alice.get(ROBOTS).context["board"]
    assert column["name"] == "minutes after the order was placed"
    assert column["cards"][0]["when"] == "10 min after placing"


def test_it_plans_a_step_and_tells_once(clock):
    order = make_order(contact_phone=PHONE)
    assert RobotStep.objects.get().due_at == NOON + datetime.timedelta(minutes=10)
    move_to(order, make_stages()["preparing"])
    clock.shift(datetime.timedelta(minutes=10))
    run_worker()
    run_worker()
    assert len(received()) == 1
    assert RobotStep.objects.get().state == StepState.DONE


def test_it_expires(clock):
    make_order(contact_phone=PHONE)
    clock.shift(datetime.timedelta(minutes=71))
    run_worker()
    assert received() == []
    assert ended() == (StepState.EXPIRED, reasons.EXPIRED(at=NOON + datetime.timedelta(minutes=70)))


def test_it_is_held_when_it_is_late(clock):
    make_order(contact_phone=PHONE)
    clock.shift(datetime.timedelta(minutes=45))
    run_worker()
    assert ended() == (StepState.HELD, reasons.LATE(minutes=35))


def test_its_own_condition_skips_it(clock):
    order = make_order(contact_phone=PHONE)
    move_to(order, make_stages()["delivered"])
    clock.shift(datetime.timedelta(minutes=10))
    run_worker()
    assert ended() == (StepState.SKIPPED, reasons.ORDER_DELIVERED())


def test_the_stage_that_it_names_calls_it_off(clock):
    move_to(make_order(contact_phone=PHONE), make_stages()["on_the_way"])
    assert ended() == (StepState.CANCELLED, reasons.LEFT_STAGE())


def test_the_forecast_of_an_import_counts_it(clock):
    order = make_order(contact_phone=PHONE, notify=False)
    change = StageChange(order=order, to_stage=order.stage, at=NOON)
    assert forecast([change]).will_follow == 1
    assert not RobotStep.objects.exists()


def test_it_needs_no_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
