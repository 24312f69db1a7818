"""Somebody sets the machine's clock: messages go on, and no worker is killed for it."""

import datetime
import sys
import time

import pytest
import time_machine
from django.utils import timezone

from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from notify_site.serving.supervisor import FIRST_PAUSE, GRACE, Child
from tests.makers import make_gateway
from tests.running_worker import received, run_worker

JUMPS = pytest.mark.parametrize("hours", [-2, 2], ids=["back", "forward"])


def queue_one() -> None:
    queue_messages([Message(channel="sms", to="+48501234567", body="Hello")])


def after(hours: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(hours=hours))


@JUMPS
@pytest.mark.django_db
def test_it_goes_on_sending_when_the_clock_is_set(hours):
    make_gateway("sandbox_sms")
    queue_one()
    run_worker()
    with after(hours):
        queue_one()
        run_worker()
    assert len(received()) == 2


@JUMPS
@pytest.mark.django_db
def test_it_goes_on_sending_at_a_gateway_with_a_limited_rate_when_the_clock_is_set(hours):
    make_gateway("sandbox_sms", rate_per_second=4)
    queue_one()
    run_worker()
    time.sleep(0.3)  # the database's own clock may go on
    with after(hours):
        queue_one()
        run_worker()
    assert len(received()) == 2


@JUMPS
def test_it_kills_no_worker_when_the_clock_is_set(tmp_path, hours):
    beat = tmp_path / "beat"
    child = Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path, beat=beat)
    child.start()
    child.started_at -= 2 * GRACE  # it has run for some time
    try:
        beat.touch()
        assert child.look() == ""
        with after(hours):
            assert child.look() == ""
    finally:
        child.kill()


@JUMPS
def test_it_starts_again_what_ended_when_the_clock_is_set(tmp_path, hours):
    child = Child("worker", [sys.executable, "-c", ""], cwd=tmp_path)
    child.start()
    child.process.wait()
    assert "ended" in child.look()
    with after(hours):
        time.sleep(FIRST_PAUSE + 0.1)
        said = child.look()
    child.kill()
    assert "started" in said
