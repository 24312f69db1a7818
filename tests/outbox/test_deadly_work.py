"""A row of work that ends its worker each time: it is given up in words after three times, and the rest goes on."""

import datetime
import time
import uuid

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from messaging.gateways.models import HookEvent
from messaging.outbox import broker as broker_module
from messaging.outbox import receipts, slots, work
from messaging.outbox.broker import OutboxBroker
from messaging.outbox.drain import drain
from messaging.outbox.models import DrainSlot
from messaging.outbox.work import GIVEN_UP
from messaging.robots import judging
from messaging.robots.models import RobotRun, StepState
from tests.deadly.placeholders import TROUBLE
from tests.makers import make_gateway, make_location, make_order, make_robot, make_stages
from tests.processes import Site, wait_until
from tests.worker import received, run_worker

PHONE = "+48501234567"
TROUBLE_SECONDS = 9  # in which a worker could begin and die three times
REASON = "The program failed or ended three times while working on it"


class WorkerKilled(BaseException):
    """Ends a drain anywhere."""


def place(count: int, victim: int = -1) -> None:
    """Orders to be told about; the victim is recognised by its comment."""
    location = make_location(phone=PHONE)
    for number in range(count):
        make_order(location, number=f"N{number}", comment="deadly" if number == victim else "")


def run_until_killed() -> None:
    """The drain is killed, the lease of its slot runs out, and what it had begun is no longer left alone."""
    kill_worker()
    let_go()


def kill_worker() -> None:
    """The drain is killed, and the lease of its slot runs out."""
    with pytest.raises(WorkerKilled):
        run_worker()
    DrainSlot.objects.update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def let_go() -> None:
    """Some seconds later, what was begun alone may be begun again."""
    past = timezone.now() - datetime.timedelta(seconds=1)
    RobotRun.objects.filter(left_until__isnull=False).update(left_until=past)
    HookEvent.objects.filter(left_until__isnull=False).update(left_until=past)


def states() -> dict[str, str]:
    return dict(RobotRun.objects.values_list("order__number", "state"))


@pytest.mark.django_db
def test_a_step_that_ends_each_worker_is_given_up_and_the_others_go_on(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(5, victim=2)
    compose = judging.compose

    def compose_or_die(step, situation):
        if step.order.comment == "deadly":
            raise WorkerKilled
        return compose(step, situation)

    monkeypatch.setattr(judging, "compose", compose_or_die)
    for _killed in range(4):  # once in a batch, then three times alone
        run_until_killed()
    assert states()["N2"] == StepState.PLANNED
    run_worker()
    assert states() == {**dict.fromkeys(["N0", "N1", "N3", "N4"], StepState.DONE), "N2": StepState.FAILED}
    assert RobotRun.objects.get(state=StepState.FAILED).reason == GIVEN_UP
    assert sorted(text for _to, text in received()) == ["N0", "N1", "N3", "N4"]


@pytest.mark.django_db
def test_a_step_that_fails_each_time_is_given_up_too(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(3, victim=0)
    compose = judging.compose

    def compose_or_fail(step, situation):
        if step.order.comment == "deadly":
            raise IntegrityError("a row that nobody can write")
        return compose(step, situation)

    monkeypatch.setattr(judging, "compose", compose_or_fail)
    for _failed in range(4):  # three times alone, then it is given up
        run_worker()
        let_go()
    assert states() == {"N0": StepState.FAILED, "N1": StepState.DONE, "N2": StepState.DONE}


@pytest.mark.django_db
def test_two_kills_are_forgiven_and_forgotten(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)
    with monkeypatch.context() as patch:
        patch.setattr(judging, "compose", lambda *_: (_ for _ in ()).throw(WorkerKilled))
        for _killed in range(3):
            run_until_killed()
    assert RobotRun.objects.get().claims == 2
    run_worker()
    step = RobotRun.objects.get()
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
    step = RobotRun.objects.get()
    assert (step.state, step.claims) == (StepState.PLANNED, 1)
    let_go()
    run_worker()
    assert states() == {"N0": StepState.DONE}


@pytest.mark.django_db
def test_it_counts_a_step_once_that_several_workers_want_to_begin(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)
    claim = work.claim_alone
    others = []

    def claim_before_others(rows, give_up):
        row = claim(rows, give_up)
        if row is not None:  # the others come between the claim and the work
            others.extend(claim(rows, give_up) for _other in range(work.MOST_CLAIMS + 1))
        return row

    monkeypatch.setattr(work, "claim_alone", claim_before_others)
    slots.prepare_slots()
    DrainSlot.objects.update(owner=uuid.uuid4())
    run_worker()
    assert others == [None] * (work.MOST_CLAIMS + 1)
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
def test_a_full_disk_is_no_fault_of_the_step_whichever_worker_had_it(monkeypatch):
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number}")
    place(1)

    def full(*_args):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(judging, "judge", full)
        for _full in range(5):
            patch.setattr(work, "_forgivable", [])  # what another process remembers
            slots.prepare_slots()
            taken = slots.take_slot(timezone.now())
            drain(taken.slot_id, str(taken.owner), is_careful=True)
    run_worker()
    assert states() == {"N0": StepState.DONE}


@pytest.mark.django_db
def test_a_call_of_a_provider_that_ends_each_worker_is_given_up_and_the_others_are_read(monkeypatch):
    gateway = make_gateway("twilio_sms")
    for number in range(3):
        HookEvent.objects.create(gateway=gateway, dedupe_key=str(number), method="POST", url="/", body=b"")
    victim = HookEvent.objects.order_by("pk")[1]
    read = receipts.read

    def read_or_die(event):
        if event.pk == victim.pk:
            raise WorkerKilled
        return read(event)

    monkeypatch.setattr(receipts, "read", read_or_die)
    for _killed in range(4):
        run_until_killed()
    run_worker()
    problems = list(HookEvent.objects.exclude(handled_at=None).order_by("pk").values_list("problem", flat=True))
    assert len(problems) == 3
    assert [problem == GIVEN_UP for problem in problems] == [False, True, False]


@pytest.mark.django_db
def test_it_reads_no_other_call_beside_one_that_ended_its_worker(monkeypatch):
    gateway = make_gateway("twilio_sms")
    for number in range(3):
        HookEvent.objects.create(gateway=gateway, dedupe_key=str(number), method="POST", url="/", body=b"")
    victim = HookEvent.objects.order_by("pk")[1]
    read = receipts.read

    def read_or_die(event):
        if event.pk == victim.pk:
            raise WorkerKilled
        return read(event)

    monkeypatch.setattr(receipts, "read", read_or_die)
    run_until_killed()  # in a batch
    run_until_killed()  # alone
    HookEvent.objects.filter(handled_at__isnull=True).update(handle_after=timezone.now())
    HookEvent.objects.create(gateway=gateway, dedupe_key="new", method="POST", url="/", body=b"")
    DrainSlot.objects.update(owner=None)  # long ago: nobody is careful any more
    kill_worker()
    assert list(HookEvent.objects.filter(handled_at__isnull=True)) == [victim]


@pytest.mark.django_db
def test_a_task_whose_worker_never_comes_back_is_given_up_after_three_times(monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    broker = OutboxBroker()
    task_id = async_task("tests.deadly.tasks.die", task_name="the deadly one")
    for claims in (1, 2, 3):
        ((_ack, payload),) = broker.dequeue()
        assert SignedPackage.loads(payload)["claims"] == claims
        OrmQ.objects.update(lock=timezone.now() - datetime.timedelta(seconds=1))
    assert broker.dequeue() is None
    assert OrmQ.objects.count() == 0
    failed = Task.objects.get(id=task_id)
    assert (failed.success, failed.name, failed.func) == (False, "the deadly one", "tests.deadly.tasks.die")
    assert failed.result == GIVEN_UP


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_real_workers_die_of_one_step_and_one_task_and_still_tell_all_the_others():
    make_gateway("sandbox_sms")
    make_robot(make_stages()["new"], body="{order_number} {deadly}")
    place(30, victim=12)
    task_id = async_task("tests.deadly.tasks.die")
    with Site() as site:
        site.start("serve", DJANGO_SETTINGS_MODULE="tests.deadly.settings")
        wait_until(lambda: RobotRun.objects.filter(state=StepState.FAILED).exists(), "the step is given up", 90)
        wait_until(lambda: len(received()) == 29, "the others are told", 30)
        wait_until(lambda: not OrmQ.objects.exists(), "the task is given up", 60)
    assert RobotRun.objects.get(state=StepState.FAILED).reason.startswith(REASON)
    assert len(set(received())) == 29
    assert Task.objects.get(id=task_id).result == GIVEN_UP


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
        wait_until(lambda: RobotRun.objects.get().claims, "a worker dies with the step alone", 60)
        time.sleep(TROUBLE_SECONDS)
        trouble.unlink()
        wait_until(received, "the client is told", 60)
    assert received() == [(PHONE, "N0 alive")]
    assert states() == {"N0": StepState.DONE}
