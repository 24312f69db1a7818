"""A message that waits behind a paused gateway, or while all is stopped, ends when its validity does, and says so."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from locations.models import Company
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.makers import make_gateway
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def queued(**fields) -> Message:
    return queue_messages([Message(channel="sms", to="+48501234567", body="Hello", **fields)])[0]


def in_ten_minutes() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(minutes=10)


def test_it_expires_behind_a_paused_gateway_without_waiting_for_it(noon):
    make_gateway("sandbox_sms", name="Phone", paused_at=NOON)
    message, other = queued(expires_at=in_ten_minutes()), queued()
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    noon.shift(601)
    run_worker()
    for row in (message, other):
        row.refresh_from_db()
    ended = "13:10"  # in Warsaw
    assert str(message.reason) == f"Its validity ended at {ended}, while its gateway “Phone” was paused."
    assert (message.state, other.state) == (MessageState.EXPIRED, MessageState.QUEUED)


def test_it_expires_while_all_sending_is_stopped(noon):
    make_gateway("sandbox_sms")
    message = queued(expires_at=in_ten_minutes())
    Company.objects.update_or_create(pk=1, defaults={"is_sending_stopped": True})
    noon.shift(601)
    run_worker()
    message.refresh_from_db()
    assert (message.state, received()) == (MessageState.EXPIRED, [])
    assert str(message.reason) == "Its validity ended at 13:10, before it could be sent."


def test_many_expire_in_few_queries(noon, django_assert_max_num_queries):
    make_gateway("sandbox_sms", paused_at=NOON)
    for _ in range(40):
        queued(expires_at=in_ten_minutes())
    noon.shift(601)
    with django_assert_max_num_queries(60):
        run_worker()
    assert Message.objects.filter(state=MessageState.EXPIRED).count() == 40
