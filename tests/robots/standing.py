"""Where a robot's message may stand when something happens to its order, and what brings it back afterwards.

Each function of STATES puts the only step or message there and returns what brings it back: its time, an approval, a
provider that certainly did not take it.
"""

import datetime
import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.gateways.adapters import Fault, NotFound, Outcome, Refused, Unknown
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import approve, settle_doubt
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.receipts.in_doubt import settle
from messaging.outbox.sending.recording import Result, apply, store
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.robots.steps.actions import approve_steps
from messaging.robots.steps.running import run_due_steps
from tests.running_worker import run_worker

PHONE = "+48501234567"
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
BUSY = Refused(in_words("The provider is busy."), False, Fault.PROVIDER, "503", retry_after=1)
SLOWER = Refused(
    in_words("The provider asks to slow down."), False, Fault.PROVIDER, "429", retry_after=1, slows="recipient"
)
TOKEN_GONE = Refused(in_words("The token is wrong."), False, Fault.US, "401", pauses_gateway=True)


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)


def work_on(clock) -> None:
    """Half an hour passes."""
    for _look in range(6):
        clock.shift(minutes(5))
        run_worker()


def claim() -> tuple[Message, uuid.UUID]:
    owner = uuid.uuid4()
    with transaction.atomic():
        (message,) = claim_messages(owner, lambda *_: 1, 1, timezone.now())
    return message, owner


def answer(message: Message, owner: uuid.UUID, outcome: Outcome) -> None:
    apply(message, outcome)
    with transaction.atomic():
        store([Result(message, outcome, timezone.now(), 5)], owner)


def planned(_clock) -> Callable[[], None]:
    return lambda: None


def postponed(_clock) -> Callable[[], None]:
    RobotStep.objects.update(state=StepState.POSTPONED)
    return lambda: None


def held_step(clock) -> Callable[[], None]:
    clock.shift(minutes(45))
    run_due_steps(timezone.now())
    assert RobotStep.objects.get().state == StepState.HELD
    return lambda: approve_steps(RobotStep.objects.all())


def queued(clock) -> Callable[[], None]:
    clock.shift(minutes(10))
    Gateway.objects.update(paused_at=timezone.now())
    run_worker()
    assert Message.objects.get().state == MessageState.QUEUED
    return lambda: Gateway.objects.update(paused_at=None)


def held(clock) -> Callable[[], None]:
    resume = queued(clock)
    clock.shift(minutes(45))
    resume()
    run_worker()
    assert Message.objects.get().state == MessageState.HELD
    return lambda: approve(Message.objects.all())


def sending(outcome: Outcome) -> Callable[[object], Callable[[], None]]:
    def stand(clock) -> Callable[[], None]:
        clock.shift(minutes(10))
        run_due_steps(timezone.now())
        message, owner = claim()

        def come_back() -> None:
            answer(message, owner, outcome)
            Gateway.objects.update(paused_at=None)

        return come_back

    return stand


def doubt(clock) -> Message:
    clock.shift(minutes(10))
    run_due_steps(timezone.now())
    message, owner = claim()
    answer(message, owner, Unknown(in_words("No answer.")))
    Gateway.objects.update(changed_at=NOON)  # it is the account that was tried
    return Message.objects.get(pk=message.pk)


def in_doubt(clock) -> Callable[[], None]:
    message = doubt(clock)

    def find_nothing_twice() -> None:
        settle(message, NotFound())
        settle(Message.objects.get(pk=message.pk), NotFound())

    return find_nothing_twice


def lost(clock) -> Callable[[], None]:
    message = doubt(clock)
    return lambda: settle_doubt(message, arrived=False)


STATES = {
    "planned": planned,
    "postponed": postponed,
    "held step": held_step,
    "queued": queued,
    "held": held,
    "sending, then busy": sending(BUSY),
    "sending, then slower": sending(SLOWER),
    "sending, then paused": sending(TOKEN_GONE),
    "in doubt, not found": in_doubt,
    "in doubt, settled by hand": lost,
}
