"""An update from the version before, with everything in the database: nothing goes twice, nothing is lost."""

import datetime
import pydoc
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from locations.models import Client, Consent, Suppression
from messaging.gateways.models import Gateway, HookEvent, SandboxDelivery
from messaging.inbox.models import Attachment, ChatMessage, Conversation
from messaging.outbox.models import Attempt, Message, Receipt, UnusableAddress
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.worker.dispatcher import Dispatcher
from orders.imports.models import Import, ImportChunk, ImportState
from orders.models import Order
from tests.gateways.twilio_server import TwilioServer
from tests.imports.sending import press
from tests.makers import make_user
from tests.running_worker import received, run_worker
from tests.site.version_before import sentences
from tests.site.version_before.filling import DAY, HOUR, Company, claimed
from tests.site.version_before.schema import LAST, go_back, update

RENAMED = {
    "locations_account": "locations_company",
    "robots_robotrun": "robots_robotstep",
    "outbox_drainslot": "worker_drainslot",
}


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


@pytest.fixture
def before(transactional_db, twilio: TwilioServer) -> Iterator[Company]:
    """The company with the version before; afterwards the database is one of today again."""
    company = Company(go_back(), twilio.config())
    company.found()
    yield company
    update()


def counts(models: Apps) -> dict[str, int]:
    """How many rows each table of our rooms has."""
    rooms = {model._meta.db_table for model in models.get_models() if model._meta.app_label in {*LAST, "worker"}}
    found = {}
    with connection.cursor() as cursor:
        for table in rooms:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[RENAMED.get(table, table)] = cursor.fetchone()[0]
    return found


def states(rows: Any) -> dict[int, str]:
    return dict(rows.values_list("pk", "state"))


def do_queued_tasks() -> None:
    """What a worker does with them, one after the other; what cannot be done is thrown away, as it does."""
    while packages := Dispatcher("gonets").dequeue():
        for key, payload in packages:
            task = SignedPackage.loads(payload)
            function = task["func"] if callable(task["func"]) else pydoc.locate(task["func"])
            if function is not None and "drain" not in str(task["func"]):
                function(*task["args"], **task["kwargs"])
            OrmQ.objects.filter(pk=key).delete()


# --- Every reason ---


def test_every_reason_of_the_version_before_is_still_readable(before):
    before.say_every_reason()
    before.chat()
    update()
    texts = sentences.MESSAGES + [("failed", text) for text in sentences.REFUSED]
    texts += [("in_doubt", f"{text} It may or may not have arrived.") for text in sentences.UNKNOWN]
    assert read(Message.objects.order_by("pk"), "reason", "state") == texts
    assert read(RobotStep.objects.order_by("pk"), "reason", "state") == sentences.STEPS
    assert read(Attempt.objects.order_by("pk"), "sentence") == sentences.REFUSED + sentences.UNKNOWN
    assert read(Receipt.objects.order_by("pk"), "sentence") == sentences.REFUSED
    assert read(UnusableAddress.objects.all(), "reason") == ["The number does not exist."]
    assert read(Suppression.objects.order_by("pk"), "reason") == sentences.SUPPRESSED
    assert read(Consent.objects.order_by("pk"), "source") == sentences.SUPPRESSED
    assert read(Gateway.objects.filter(is_on=False).order_by("pk"), "poll_problem") == sentences.POLLS
    for field in ("pause_reason", "last_error"):
        paused = Gateway.objects.filter(paused_at__isnull=False).order_by("pk")
        assert read(paused, field) == sentences.REFUSED + sentences.UNKNOWN
    assert read(HookEvent.objects.order_by("pk"), "problem") == sentences.CALLS
    assert read(Attachment.objects.order_by("pk"), "reason") == [*sentences.FILES, sentences.FILES[1]]


def read(rows: Any, field: str, *others: str) -> list[Any]:
    """The sentence of each, behind the other fields."""
    found = [(*(str(getattr(row, name)) for name in others), str(getattr(row, field))) for row in rows]
    return found if others else [sentence for (sentence,) in found]


# --- Nothing twice, nothing lost ---


def test_after_it_everything_that_waits_goes_out_once_and_nothing_else_again(before, twilio):
    now, later = before.now, before.now + DAY
    due, tomorrow = before.message("queued", body="due"), before.message("queued", body="tomorrow", send_at=later)
    killed = before.message("sending", body="killed", lease_until=now - HOUR, **claimed())
    for state in ("sent", "delivered", "failed", "refused", "cancelled", "expired", "held"):
        before.message(state)
    there = before.message("in_doubt", body="there", look_up_at=now)
    before.make("gateways.SandboxDelivery", key=there.key, channel="sms", to=there.to, body="there", outcome="delivered")
    missing = before.message("in_doubt", body="missing", look_up_at=now)
    asleep = before.message("in_doubt", body="asleep", look_up_at=now, **claimed())
    before.message("in_doubt", body="nobody asks", look_up_at=None)
    at_twilio = before.at_twilio("sent", provider_id="SM" + "1" * 32)
    steps = {name: before.step(name, due_at=at) for name, at in STEP_TIMES(now).items()}
    conversation = before.chat()
    by_hand = before.make("inbox.Conversation", client=before.client(), title="Bob", is_unread=True)
    before.call({"MessageSid": at_twilio.provider_id, "MessageStatus": "delivered"})
    sid = "SM" + "2" * 32
    before.call({"MessageSid": sid, "SmsStatus": "received", "From": "+48504000004", "Body": "Where?", "To": "+15005550006"})
    before.call({"MessageSid": "SM" + "3" * 32, "SmsStatus": "received", "From": "+48504000004"}, problem="", handled_at=now)
    suppressed = before.make("locations.Suppression", address="+48505000005", channel="sms", purpose="service")
    stopped = before.step("planned", order=before.order(suppressed.address))
    rows, was = counts(before.models), states(before.models.get_model("outbox", "Message").objects)
    planned = states(before.models.get_model("robots", "RobotRun").objects)

    update()

    now_there = counts(apps)
    assert {table: (count, now_there[table]) for table, count in rows.items() if now_there[table] != count} == {}
    assert (states(Message.objects), states(RobotStep.objects)) == (was, planned)
    unread = Conversation.objects.filter(pk__in=[conversation.pk, by_hand.pk]).order_by("pk")
    assert list(unread.values_list("unread", "is_unread")) == [(3, True), (0, True)]

    run_worker()
    Message.objects.filter(pk=missing.pk).update(look_up_at=timezone.now())
    run_worker()

    assert sorted(text for _to, text in received()) == ["due", "missing", "there"]
    told = {f"Order {steps[name].order.number} is ready" for name in ("planned", "postponed")}
    assert sorted(request["Body"] for request in twilio.requests) == sorted(told)
    became = states(Message.objects)
    changed = {key: state for key, state in became.items() if was.get(key) not in (None, state)}
    assert changed == {
        due.pk: "delivered",
        killed.pk: "in_doubt",
        there.pk: "delivered",
        missing.pk: "delivered",
        at_twilio.pk: "delivered",
    }
    assert (became[tomorrow.pk], became[asleep.pk]) == ("queued", "in_doubt")
    after = states(RobotStep.objects)
    assert {name: after[step.pk] for name, step in steps.items()} == {
        "planned": "done", "postponed": "done", "held": "held", "done": "done", "skipped": "skipped",
    }  # fmt: skip
    assert RobotStep.objects.get(pk=stopped.pk).state == StepState.SKIPPED
    conversation = Conversation.objects.get(pk=conversation.pk)
    assert (conversation.unread, conversation.last_words) == (4, "Where?")
    assert not HookEvent.objects.filter(handled_at=None).exists()


def STEP_TIMES(now: datetime.datetime) -> dict[str, datetime.datetime]:
    return {"planned": now, "postponed": now, "held": now - HOUR, "done": now, "skipped": now}
