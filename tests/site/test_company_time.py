"""What the worker writes down names the company's times, whatever zone the server stands in."""

import datetime
import zoneinfo

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone
from django_q.tasks import async_task

from locations.models import Company, Consent
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from tests.makers import make_client, make_gateway, make_order, make_robot, make_stages, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)  # 19:00 in Bangkok, 13:00 in the server's Warsaw


@pytest.fixture(autouse=True)
def bangkok():
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Bangkok"})
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def in_bangkok():
    return timezone.override(zoneinfo.ZoneInfo("Asia/Bangkok"))


def test_a_message_that_is_too_old_says_when_it_ended_by_the_companys_clock(bangkok):
    make_gateway("sandbox_sms", paused_at=NOON)
    expires_at = timezone.now() + datetime.timedelta(minutes=10)
    message = queue_messages([Message(channel="sms", to="+48501234567", body="Hello", expires_at=expires_at)])[0]
    bangkok.shift(601)
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.EXPIRED
    with in_bangkok():
        assert "ended at 19:10" in str(message.reason)


def test_a_step_that_is_too_old_too(bangkok, client):
    make_gateway("sandbox_sms")
    stage = make_stages()["new"]
    make_robot(stage, delivery_only=False, validity_minutes=30)
    make_order()
    bangkok.shift(31 * 60)
    run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.reason.code) == (StepState.EXPIRED, "robots.expired")
    client.force_login(make_user(is_superuser=True))
    page = client.get(f"/admin/orders/order/{step.order_id}/change/").content.decode()
    assert "Its validity ended: 19:30." in page


def test_the_proof_of_a_stop_too(client):
    alice = make_client(name="Alice")
    alice.contact_points.create(kind="phone", value="+48501234567")
    gateway = make_gateway("smsapi", config={"token": "x", "base_url": "http://127.0.0.1:9"})
    client.post(f"/hooks/{gateway.hook_key}/?sms_from=48501234567&sms_text=STOP&MsgId=1")
    run_worker()
    said = Consent.objects.filter(client=alice).first()
    with in_bangkok():
        assert ", 19:00: “STOP”" in str(said.source)


def note_the_zone() -> None:
    Company.objects.update(name=timezone.get_current_timezone_name())


def test_every_task_of_django_q_has_the_companys_zone_and_leaves_none_behind():
    before = timezone.get_current_timezone_name()
    async_task("tests.site.test_company_time.note_the_zone", sync=True)
    assert Company.objects.get().name == "Asia/Bangkok"
    assert timezone.get_current_timezone_name() == before == "Europe/Warsaw"


def test_a_worker_outlives_a_database_that_is_away_when_its_task_begins():
    def away(*_query):
        raise OperationalError("the server went away")

    with connection.execute_wrapper(away):
        async_task("time.time", sync=True)
