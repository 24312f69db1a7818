"""Workers that are killed in a test's own process, and what they were to do."""

import datetime

import pytest
from django.utils import timezone

from messaging.gateways.calls import hook_events
from messaging.gateways.calls.reader import Reading
from messaging.gateways.models import HookEvent
from messaging.robots.models import RobotStep
from messaging.worker.models import DrainSlot
from tests.makers import make_gateway, make_location, make_order
from tests.running_worker import run_worker

PHONE = "+48501234567"


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
    RobotStep.objects.filter(left_until__isnull=False).update(left_until=past)
    HookEvent.objects.filter(left_until__isnull=False).update(left_until=past)


def call_that_kills(monkeypatch: pytest.MonkeyPatch) -> HookEvent:
    """Three calls of a provider, of which the second ends whoever reads it, and is returned."""
    gateway = make_gateway("twilio_sms")
    calls = [
        HookEvent.objects.create(gateway=gateway, dedupe_key=str(number), method="POST", url="/", body=b"")
        for number in range(3)
    ]
    victim, read = calls[1], hook_events.read

    def read_or_die(event: HookEvent) -> Reading:
        if event.pk == victim.pk:
            raise WorkerKilled
        return read(event)

    monkeypatch.setattr(hook_events, "read", read_or_die)
    return victim


def states() -> dict[str, str]:
    return dict(RobotStep.objects.values_list("order__number", "state"))
