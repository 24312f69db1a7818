"""An update from the version before, with everything in the database: nothing goes twice, nothing is lost."""

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
from messaging.worker.dispatcher import Dispatcher
from orders.imports.models import Import, ImportState
from orders.models import Order
from tests.gateways.twilio_server import TwilioServer
from tests.imports.sending import press
from tests.makers import make_user
from tests.running_worker import received, run_worker
from tests.site.version_before import sentences
from tests.site.version_before.filling import Company
from tests.site.version_before.schema import LAST, go_back, update
from tests.site.version_before.under_way import UnderWay, put_under_way

RENAMED = {
    "locations_account": "locations_company",
    "robots_robotrun": "robots_robotstep",
    "outbox_drainslot": "worker_drainslot",
}
MESSAGES_AFTERWARDS = {
    "due": "delivered",
    "tomorrow": "queued",
    "killed": "in_doubt",
    "there": "delivered",
    "missing": "delivered",
    "asleep": "in_doubt",
    "at Twilio": "delivered",
}
STEPS_AFTERWARDS = {
    "planned": "done",
    "postponed": "done",
    "tomorrow": "planned",
    "held": "held",
    "done": "done",
    "skipped": "skipped",
    "opted out": "skipped",
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

    said = sentences.REFUSED + sentences.UNKNOWN
    texts = sentences.MESSAGES + [("failed", text) for text in sentences.REFUSED]
    texts += [("in_doubt", f"{text} It may or may not have arrived.") for text in sentences.UNKNOWN]
    paused = Gateway.objects.filter(paused_at__isnull=False)
    changed = [
        *otherwise(Message.objects, "reason", [text for _state, text in texts]),
        *otherwise(RobotStep.objects, "reason", [text for _state, text in sentences.STEPS]),
        *otherwise(Attempt.objects, "reason", said),
        *otherwise(Receipt.objects, "reason", sentences.REFUSED),
        *otherwise(UnusableAddress.objects, "reason", ["The number does not exist."]),
        *otherwise(Suppression.objects, "reason", sentences.SUPPRESSED),
        *otherwise(Consent.objects, "source", sentences.SUPPRESSED),
        *otherwise(Gateway.objects.filter(is_on=False), "poll_problem", sentences.POLLS),
        *otherwise(paused, "pause_reason", said),
        *otherwise(paused, "last_error", said),
        *otherwise(HookEvent.objects, "problem", sentences.CALLS),
        *otherwise(Attachment.objects, "reason", [*sentences.FILES, sentences.FILES[1]]),
        *otherwise(Import.objects.exclude(problem=""), "problem", sentences.IMPORTS),
    ]
    assert not changed, "\n".join(f"{before} -> {now}" for before, now in changed)
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == [state for state, _text in texts]
    assert list(RobotStep.objects.order_by("pk").values_list("state", flat=True)) == [one for one, _ in sentences.STEPS]
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
    call = HookEvent.objects.filter(problem__icontains="telegram").first()
    assert str(call.problem) in page(client, f"gateways/hookevent/{call.pk}/change/")
    shown = page(client, f"imports/import/{run.pk}/change/")
    assert unseen(shown, [text for _name, text in sentences.STEPS + sentences.CELLS]) == []
    for broken in Import.objects.exclude(problem="").order_by("pk"):
        assert str(broken.problem) in page(client, f"imports/import/{broken.pk}/change/")
    thread = client.get(reverse("inbox:conversation", args=[Conversation.objects.get(title="Anna").pk]))
    shown = html.unescape(thread.content.decode())
    assert unseen(shown, sentences.FILES) == []


def page(client: Browser, path: str) -> str:
    answer = client.get(f"/admin/{path}")
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


def otherwise(rows: Any, field: str, texts: list[str]) -> list[tuple[str, str]]:
    """(before, now) of each sentence that reads otherwise after the update, the rows in their order."""
    read = [str(getattr(row, field)) for row in rows.order_by("pk")]
    return [
        (text, here)
        for text, here in zip(texts, read, strict=True)
        if here.rstrip(".") not in {text.rstrip("."), sentences.read_now(text).rstrip(".")}
    ]


def unseen(shown: str, texts: list[str]) -> list[str]:
    """Those that a page does not show."""
    return [text for text in texts if text not in shown and sentences.read_now(text) not in shown]


# --- Nothing twice, nothing lost ---


def test_after_it_everything_that_waits_goes_out_once_and_nothing_else_again(before, twilio):
    here = put_under_way(before)
    rows, was = counts(before.models), states(before.models.get_model("outbox", "Message").objects)
    planned = states(before.models.get_model("robots", "RobotRun").objects)

    update()

    now_there = counts(apps)
    assert {table: (count, now_there[table]) for table, count in rows.items() if now_there[table] != count} == {}
    assert (states(Message.objects), states(RobotStep.objects)) == (was, planned)
    assert unread(here) == [(3, True), (0, True)]
    assert [one.func for one in Schedule.objects.all() if pydoc.locate(one.func) is None] == []

    run_worker()
    missing = Message.objects.filter(pk=here.messages["missing"].pk)
    missing.update(look_up_at=timezone.now())  # a provider must say twice that it does not have it
    run_worker()

    assert sorted(text for _to, text in received()) == ["due", "missing", "there"]
    told = {f"Order {here.steps[name].order.number} is ready" for name in ("planned", "postponed")}
    assert sorted(request["Body"] for request in twilio.requests) == sorted(told)
    became = states(Message.objects)
    assert {name: became[row.pk] for name, row in here.messages.items()} == MESSAGES_AFTERWARDS
    moved = {key for key, state in was.items() if became[key] != state}
    assert moved <= {row.pk for row in here.messages.values()}
    after = states(RobotStep.objects)
    assert {name: after[step.pk] for name, step in here.steps.items()} == STEPS_AFTERWARDS
    assert unread(here) == [(4, True), (0, True)]
    assert Conversation.objects.get(pk=here.conversations[0].pk).last_words == "Where?"
    assert not HookEvent.objects.filter(handled_at=None).exists()


def unread(here: UnderWay) -> list[tuple[int, bool]]:
    keys = [conversation.pk for conversation in here.conversations]
    return list(Conversation.objects.filter(pk__in=keys).order_by("pk").values_list("unread", "is_unread"))


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
