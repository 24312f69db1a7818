"""Whatever happens to a message, in whatever order, it moves by the table of transitions only."""

import datetime
import random
import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.gateways.adapters import Accepted, Fault, NotFound, ReceiptNews, ReceiptStatus, Refused, Unknown
from messaging.outbox import reasons
from messaging.outbox.models import Message
from messaging.outbox.queue import actions, claiming, expiry
from messaging.outbox.receipts import in_doubt
from messaging.outbox.receipts.receipts import Told, advance, find_messages
from messaging.outbox.sending.recording import Result, apply, store
from messaging.outbox.states import FINAL, TRANSITIONS, MessageState
from messaging.worker.clock import database_now
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
OUTCOMES = [
    Accepted("SM1"),
    Accepted("SM2", is_delivered=True),
    Unknown(in_words("No answer.")),
    Refused(in_words("Wrong number."), permanent=True, fault=Fault.RECIPIENT),
    Refused(in_words("Try later."), permanent=False, fault=Fault.PROVIDER),
    Refused(in_words("Too fast."), permanent=False, fault=Fault.PROVIDER, slows="gateway"),
]


class Walk:
    """One message, the drain's that holds it, and a clock that only goes on."""

    def __init__(self, seed: int, clock: time_machine.Traveller) -> None:
        self.dice = random.Random(seed)
        self.clock = clock
        self.gateway = make_gateway("twilio_sms")
        self.other = make_gateway("twilio_sms")
        expires_at = NOON + datetime.timedelta(minutes=self.dice.choice([20, 600]))
        (self.message,) = actions.queue_messages(
            [Message(channel="sms", to="+48501230001", body="Hello", expires_at=expires_at)]
        )
        self.claims: list[tuple[uuid.UUID, Message]] = []

    @property
    def rows(self):
        return Message.objects.filter(pk=self.message.pk)

    def now(self) -> Message:
        return self.rows.select_related("gateway").get()

    # --- What may happen ---

    def claim(self) -> None:
        claim = uuid.uuid4()
        with transaction.atomic():
            taken = claiming.claim_messages(claim, lambda *_: 10, 10, timezone.now())
        self.claims += [(claim, message) for message in taken]

    def answer(self) -> None:
        if self.claims:
            claim, message = self.claims.pop()
            outcome = self.dice.choice(OUTCOMES)
            apply(message, outcome)
            with transaction.atomic():
                store([Result(message, outcome, timezone.now(), 5)], claim)

    def answer_twice(self) -> None:
        if self.claims:
            claim, message = self.claims[-1]
            outcome = Accepted("SM1")
            for _time in range(2):
                apply(message, outcome)
                with transaction.atomic():
                    store([Result(message, outcome, timezone.now(), 5)], claim)
            self.claims.pop()

    def kill(self) -> None:
        self.claims.clear()
        self.rows.filter(state=MessageState.SENDING).update(lease_until=database_now() - datetime.timedelta(seconds=1))
        claiming.doubt_expired_leases()

    def receipt(self) -> None:
        self.hear(self.gateway)

    def receipt_of_the_other(self) -> None:
        self.hear(self.other)

    def hear(self, gateway) -> None:
        status = self.dice.choice(list(ReceiptStatus))
        told = Told(gateway, ReceiptNews(status, message_key=str(self.message.key)), timezone.now())
        find_messages([told])
        advance(told)

    def look_up(self) -> None:
        with transaction.atomic():
            taken = in_doubt.take_doubts(timezone.now())
        for message in taken:
            in_doubt.settle(message, self.dice.choice([NotFound(), Accepted("SM3"), Unknown(in_words("Not now."))]))

    def fail_over(self) -> None:
        self.rows.filter(state=MessageState.QUEUED).update(gateway=self.dice.choice([self.gateway, self.other]))

    def cancel(self) -> None:
        actions.cancel(self.rows, reasons.CANCELLED_BY(user="anna"))

    def approve(self) -> None:
        actions.approve(self.rows)

    def settle(self) -> None:
        actions.settle_doubt(self.now(), arrived=self.dice.random() < 0.5)

    def expire(self) -> None:
        expiry.expire_messages(timezone.now())

    def reroute(self) -> None:
        claiming.reroute(10, timezone.now())

    def wait(self) -> None:
        self.clock.shift(datetime.timedelta(seconds=self.dice.choice([1, 40, 700, 2400])))

    def step(self) -> tuple[str, MessageState, MessageState]:
        events: list[Callable[[], None]] = [
            *[self.claim, self.answer, self.wait] * 3,
            *[self.answer_twice, self.kill, self.receipt, self.receipt_of_the_other, self.look_up, self.fail_over],
            *[self.cancel, self.approve, self.settle, self.expire, self.reroute],
        ]
        before = MessageState(self.now().state)
        event = self.dice.choice(events)
        event()
        return event.__name__, before, MessageState(self.now().state)


def is_allowed(before: MessageState, after: MessageState) -> bool:
    """In the table; what comes back into the queue unwanted is cancelled in the same transaction."""
    is_called_off = after == MessageState.CANCELLED and (before, MessageState.QUEUED) in TRANSITIONS.table
    return before == after or (before, after) in TRANSITIONS.table or is_called_off


@pytest.mark.parametrize("seed", range(30))
def test_no_sequence_of_events_leaves_the_table(seed: int):
    with time_machine.travel(NOON, tick=False) as clock:
        walk = Walk(seed, clock)
        steps = [walk.step() for _event in range(40)]
    assert [step for step in steps if not is_allowed(*step[1:])] == []


def test_the_walks_come_everywhere():
    seen = set()
    for seed in range(60):
        with time_machine.travel(NOON, tick=False) as clock, transaction.atomic():
            walk = Walk(1000 + seed, clock)
            seen |= {after for _name, _before, after in (walk.step() for _event in range(40))}
            transaction.set_rollback(True)
    assert seen >= {*FINAL, MessageState.SENDING, MessageState.SENT, MessageState.IN_DOUBT} - {MessageState.REFUSED}
