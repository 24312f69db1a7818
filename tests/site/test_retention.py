"""What is kept how long."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from messaging.gateways.models import HookEvent, SandboxDelivery
from messaging.outbox.models import Attempt, Message, Receipt
from messaging.outbox.states import MessageState
from notify_site.serving import retention
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
YEARS = timezone.now() - datetime.timedelta(days=1000)


def message(state: str, created_at: datetime.datetime) -> Message:
    return Message.objects.create(channel="sms", to="+48501234567", body="Hello", state=state, created_at=created_at)


def test_it_removes_old_messages_with_their_tries_and_keeps_what_is_open_or_young(settings):
    old = message(MessageState.DELIVERED, YEARS)
    Attempt.objects.create(message=old, started_at=timezone.now(), outcome="accepted")
    kept = {
        message(MessageState.DELIVERED, timezone.now()).pk,
        message(MessageState.IN_DOUBT, YEARS).pk,
        message(MessageState.HELD, YEARS).pk,
        message(MessageState.QUEUED, YEARS).pk,
    }
    removed = retention.prune()
    assert removed["KEEP_MESSAGES_DAYS"] == 1
    assert set(Message.objects.values_list("pk", flat=True)) == kept
    assert not Attempt.objects.exists()


def test_it_keeps_everything_where_the_setting_says_for_ever(settings):
    settings.KEEP_MESSAGES_DAYS = 0
    message(MessageState.DELIVERED, YEARS)
    retention.prune()
    assert Message.objects.exists()


def test_it_goes_on_in_another_task_when_there_is_much(settings, monkeypatch):
    monkeypatch.setattr(retention, "SECONDS", -1)
    SandboxDelivery.objects.create(channel="sms", to="+48501234567", body="Hello", at=YEARS)
    retention.prune()
    assert SandboxDelivery.objects.exists()
    assert OrmQ.objects.count() == 1


def test_it_stands_in_the_timetable_once_and_is_corrected(settings):
    Schedule.objects.filter(name="gonets: retention").update(minutes=7)
    Schedule.objects.create(name="gonets: gone", func="nowhere", schedule_type=Schedule.MINUTES)
    call_command("migrate", verbosity=0)
    assert Schedule.objects.get(name="gonets: retention").minutes == 24 * 60
    assert not Schedule.objects.filter(name="gonets: gone").exists()


def test_it_removes_old_receipts_and_calls_of_providers_that_were_read():
    gateway = make_gateway("sandbox_sms")
    for number, handled_at in enumerate((YEARS, None)):
        HookEvent.objects.create(
            gateway=gateway, dedupe_key=str(number), body=b"", received_at=YEARS, handled_at=handled_at
        )
    Receipt.objects.create(gateway=gateway, status="delivered", received_at=YEARS)
    retention.prune()
    assert HookEvent.objects.get().handled_at is None
    assert not Receipt.objects.exists()
