"""A row of work that stood beside trouble, as often as it may be: it is not given up, and the rest goes on."""

import datetime
import time
import uuid

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from messaging.gateways.models import HookEvent
from messaging.outbox.sending.drain import drain
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps import judging
from messaging.worker import slots, work_sources
from messaging.worker.models import DrainSlot
from tests.deadly.killing import (
    PHONE,
    WorkerKilled,
    call_that_kills,
    kill_worker,
    let_go,
    place,
    run_until_killed,
    states,
)
from tests.deadly.placeholders import TROUBLE
from tests.makers import make_gateway, make_location, make_order, make_robot, make_stages
from tests.processes import Site, wait_until
from tests.running_worker import received, run_worker

TROUBLE_SECONDS = 9  # in which a worker could begin and die three times


@pytest.mark.django_db
def test_two_kills_are_forgiven_and_forgotten(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "compose", lambda *_: (_ for _ in ()).throw(WorkerKilled))
        for _killed in range(3):
            run_until_killed()
    assert RobotStep.objects.get().claims == 2
    run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.claims) == (StepState.DONE, 0)


@pytest.mark.django_db
def test_it_gives_no_step_up_that_stood_beside_several_kills_in_a_row(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "compose", lambda *_: (_ for _ in ()).throw(WorkerKilled))
        kill_worker()  # in a batch
        kill_worker()  # alone
        for _killed in range(5):  # careful or not, the other workers have nothing to do with it for a while
            DrainSlot.objects.update(owner=uuid.uuid4(), lease_until=timezone.now() - datetime.timedelta(seconds=1))
            run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.claims) == (StepState.PLANNED, 1)
    let_go()
    run_worker()
    assert states() == {"N0": StepState.DONE}


@pytest.mark.django_db
def test_it_counts_a_step_once_that_several_workers_want_to_begin(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)
    claim = work_sources.claim_alone
    others = []

    def claim_before_others(rows, give_up):
        row = claim(rows, give_up)
        if row is not None:  # the others come between the claim and the work
            others.extend(claim(rows, give_up) for _other in range(work_sources.MOST_CLAIMS + 1))
        return row

    monkeypatch.setattr(work_sources, "claim_alone", claim_before_others)
    slots.prepare_slots()
    DrainSlot.objects.update(owner=uuid.uuid4())
    run_worker()
    assert others == [None] * (work_sources.MOST_CLAIMS + 1)
    assert states() == {"N0": StepState.DONE}


@pytest.mark.django_db
def test_it_does_nothing_else_beside_a_step_that_ended_its_worker(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(5, victim=2)
    compose = judging.compose

    def compose_or_die(step, situation):
        if step.order.comment == "deadly":
            raise WorkerKilled
        return compose(step, situation)

    monkeypatch.setattr(judging, "compose", compose_or_die)
    run_until_killed()  # in a batch
    run_until_killed()  # alone
    DrainSlot.objects.update(owner=None)  # long ago: nobody is careful any more
    kill_worker()
    assert states() == {**dict.fromkeys(["N0", "N1", "N3", "N4"], StepState.DONE), "N2": StepState.PLANNED}


@pytest.mark.django_db
def test_it_sends_messages_between_steps_that_take_long_one_by_one(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(10)
    compose = judging.compose
    told = []

    def compose_slowly(step, situation):
        told.append(len(received()))
        time.sleep(0.25)
        return compose(step, situation)

    monkeypatch.setattr(judging, "compose", compose_slowly)
    slots.prepare_slots()
    DrainSlot.objects.update(owner=uuid.uuid4())  # somebody never gave it back
    run_worker()
    assert any(0 < count < 9 for count in told)
    assert len(received()) == 10


@pytest.mark.django_db
def test_a_full_disk_is_no_fault_of_the_step_whichever_worker_had_it(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)

    def full(*_args):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(judging, "judge", full)
        for _full in range(5):
            patch.setattr(work_sources, "_forgivable", [])  # what another process remembers
            slots.prepare_slots()
            taken = slots.take_slot(timezone.now())
            drain(taken.slot_id, str(taken.owner), is_careful=True)
    run_worker()
    assert states() == {"N0": StepState.DONE}


@pytest.mark.django_db
def test_it_reads_no_other_call_beside_one_that_ended_its_worker(monkeypatch):
    victim = call_that_kills(monkeypatch)
    run_until_killed()  # in a batch
    run_until_killed()  # alone
    HookEvent.objects.filter(handled_at__isnull=True).update(handle_after=timezone.now())
    HookEvent.objects.create(gateway=victim.gateway, dedupe_key="new", method="POST", url="/", body=b"")
    DrainSlot.objects.update(owner=None)  # long ago: nobody is careful any more
    kill_worker()
    assert list(HookEvent.objects.filter(handled_at__isnull=True)) == [victim]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_real_workers_killed_for_some_seconds_by_something_else_give_nothing_up():
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number} {deadly}")
    location = make_location(phone=PHONE)
    make_order(location, number="N0", comment="beside trouble")
    trouble = settings.DATA_DIR / TROUBLE
    trouble.touch()
    with Site() as site:
        site.start("serve", DJANGO_SETTINGS_MODULE="tests.deadly.settings")
        wait_until(lambda: RobotStep.objects.get().claims, "a worker dies with the step alone", 60)
        time.sleep(TROUBLE_SECONDS)
        trouble.unlink()
        wait_until(received, "the client is told", 60)
    assert received() == [(PHONE, "N0 alive")]
    assert states() == {"N0": StepState.DONE}
