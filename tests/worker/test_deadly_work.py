"""A row of work that ends its worker each time: it is given up in words after three times, and the rest goes on."""

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from messaging.gateways.models import HookEvent
from messaging.robots import reasons
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps import judging
from messaging.worker import dispatcher as broker_module
from messaging.worker.dispatcher import Dispatcher
from messaging.worker.work_sources import GIVEN_UP
from tests.deadly.killing import WorkerKilled, call_that_kills, let_go, place, run_until_killed, states
from tests.makers import make_gateway, make_robot, make_stages
from tests.processes import Site, wait_until
from tests.running_worker import received, run_worker


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
    assert RobotStep.objects.get(state=StepState.FAILED).reason == reasons.GIVEN_UP()
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
def test_a_call_of_a_provider_that_ends_each_worker_is_given_up_and_the_others_are_read(monkeypatch):
    call_that_kills(monkeypatch)
    for _killed in range(4):
        run_until_killed()
    run_worker()
    problems = list(HookEvent.objects.exclude(handled_at=None).order_by("pk").values_list("problem", flat=True))
    assert len(problems) == 3
    assert [problem.code == "gateways.given_up" for problem in problems] == [False, True, False]


@pytest.mark.django_db
def test_a_task_whose_worker_never_comes_back_is_given_up_after_three_times(monkeypatch):
    monkeypatch.setattr(broker_module, "TASKS_SECONDS", 0)
    broker = Dispatcher()
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
        wait_until(lambda: RobotStep.objects.filter(state=StepState.FAILED).exists(), "the step is given up", 90)
        wait_until(lambda: len(received()) == 29, "the others are told", 30)
        wait_until(lambda: not OrmQ.objects.exists(), "the task is given up", 60)
    assert RobotStep.objects.get(state=StepState.FAILED).reason == reasons.GIVEN_UP()
    assert len(set(received())) == 29
    assert Task.objects.get(id=task_id).result == GIVEN_UP
