"""An update from the version before, with everything in the database: nothing goes twice, nothing is lost."""

import datetime
import html
import pydoc
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.signing import SignedPackage

from locations.models import Consent, Suppression
from messaging.gateways.models import Gateway, HookEvent
from messaging.inbox.models import Attachment, Conversation
from messaging.outbox.models import Attempt, Message, Receipt, UnusableAddress
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.worker.dispatcher import Dispatcher
from orders.imports.models import Import, ImportState
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
            if function is not None:
                pre_execute.send(sender="django_q", func=function, task=task)
                function(*task["args"], **task.get("kwargs", {}))
                post_execute_in_worker.send(sender="django_q", func=function, task=task)
            if str(key).isdecimal():  # a drain stands in no table
                OrmQ.objects.filter(pk=key).delete()


# --- Every reason ---


def test_every_reason_of_the_version_before_is_still_readable(before, client):
    before.say_every_reason()
    before.chat()
    run = before.say_every_import_reason()
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
    assert read(Import.objects.exclude(problem="").order_by("pk"), "problem") == sentences.IMPORTS
    look_through_the_pages(client, run)


def look_through_the_pages(client: Browser, run: Any) -> None:
    client.force_login(make_user(is_superuser=True))
    expired = Message.objects.filter(state=MessageState.EXPIRED).first()
    assert "Its validity ended at 14:30, before it could be sent." in page(
        client, f"outbox/message/{expired.pk}/change/"
    )
    assert "17 minutes late: send it still?" in page(client, "robots/robotstep/held/")
    assert "The order has left the stage." in page(client, "robots/robotstep/?all=")
    gateway = Gateway.objects.get(name="Paused 0")
    assert gateway.pause_reason
    assert str(gateway.pause_reason) in page(client, f"gateways/gateway/{gateway.pk}/change/")
    call = HookEvent.objects.filter(problem__contains="Telegram").first()
    assert str(call.problem) in page(client, f"gateways/hookevent/{call.pk}/change/")
    shown = page(client, f"imports/import/{run.pk}/change/")
    missing = [sentence for _state, sentence in sentences.STEPS if sentence not in shown]
    missing += [sentence for _column, sentence in sentences.CELLS if sentence not in shown]
    assert missing == []
    for broken in Import.objects.exclude(problem="").order_by("pk"):
        assert str(broken.problem) in page(client, f"imports/import/{broken.pk}/change/")
    thread = client.get(reverse("inbox:conversation", args=[Conversation.objects.get(title="Anna").pk]))
    shown = html.unescape(thread.content.decode())
    assert [sentence for sentence in sentences.FILES if sentence not in shown] == []


def page(client: Browser, path: str) -> str:
    answer = client.get(f"/admin/{path}")
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


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
    before.make(
        "gateways.SandboxDelivery", key=there.key, channel="sms", to=there.to, body="there", outcome="delivered"
    )
    missing = before.message("in_doubt", body="missing", look_up_at=now)
    asleep = before.message("in_doubt", body="asleep", look_up_at=now, **claimed())
    before.message("in_doubt", body="nobody asks", look_up_at=None)
    at_twilio = before.at_twilio("sent", provider_id="SM" + "1" * 32)
    steps = {name: before.step(name, due_at=at) for name, at in STEP_TIMES(now).items()}
    conversation = before.chat()
    by_hand = before.make("inbox.Conversation", client=before.client(), title="Bob", is_unread=True)
    before.call({"MessageSid": at_twilio.provider_id, "MessageStatus": "delivered"})
    sid = "SM" + "2" * 32
    before.call(
        {"MessageSid": sid, "SmsStatus": "received", "From": "+48504000004", "Body": "Where?", "To": "+15005550006"}
    )
    before.call(
        {"MessageSid": "SM" + "3" * 32, "SmsStatus": "received", "From": "+48504000004"}, problem="", handled_at=now
    )
    suppressed = before.make("locations.Suppression", address="+48505000005", channel="sms", purpose="service")
    stopped = before.step("planned", order=before.order(suppressed.address))
    Schedule.objects.update_or_create(name="gonets: receipts", defaults={"func": "messaging.outbox.asking.ask_all"})
    rows, was = counts(before.models), states(before.models.get_model("outbox", "Message").objects)
    planned = states(before.models.get_model("robots", "RobotRun").objects)

    update()

    now_there = counts(apps)
    assert {table: (count, now_there[table]) for table, count in rows.items() if now_there[table] != count} == {}
    assert (states(Message.objects), states(RobotStep.objects)) == (was, planned)
    unread = Conversation.objects.filter(pk__in=[conversation.pk, by_hand.pk]).order_by("pk")
    assert list(unread.values_list("unread", "is_unread")) == [(3, True), (0, True)]

    assert [one.func for one in Schedule.objects.all() if pydoc.locate(one.func) is None] == []

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


# --- Imports and tasks under way ---


def test_half_done_imports_go_on_to_the_end_and_each_order_comes_once(before, client):
    counted = {"created": 1, "updated": 0, "unchanged": 0, "refused": 0, "new_locations": 1, "noted": 0}
    looked_at = before.half_done("checked", 2, preview=counted | {"created": 2})
    checking = before.half_done("checking", 1, preview=counted)
    committing = before.half_done("committing", 1, report=counted)
    before.make("orders.Order", **before.fields_of_order(committing, 0))
    before.queue_tasks(checking, committing)
    update()

    do_queued_tasks()
    client.force_login(make_user(is_superuser=True))
    press(client, "commit", Import.objects.get(pk=looked_at.pk))
    do_queued_tasks()

    runs = Import.objects.in_bulk()
    assert runs[checking.pk].state == ImportState.CHECKED
    assert (runs[checking.pk].preview["created"], runs[checking.pk].done_rows) == (2, 2)
    assert (runs[committing.pk].state, runs[committing.pk].report["created"]) == (ImportState.DONE, 2)
    assert (runs[looked_at.pk].state, runs[looked_at.pk].report["created"]) == (ImportState.DONE, 2)
    numbers = Order.objects.values_list("number", flat=True)
    assert sorted(numbers) == sorted(f"{run.source}-{index}" for run in (looked_at, committing) for index in range(2))
    assert received() == []
    assert not OrmQ.objects.exists()
