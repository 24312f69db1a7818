"""One bad answer, account, row or moment does no harm to the other messages."""

import time
import uuid

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.gateways.adapters import Accepted, Fault, Outcome, Refused
from messaging.gateways.adapters.sandbox import SandboxPhone
from messaging.gateways.models import Gateway
from messaging.outbox.models import Attempt, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.sending.event_loop import adapter_for, submit
from messaging.outbox.sending.recording import LONGEST_WAIT, Result, apply, store
from messaging.outbox.sending.sender import Sender
from messaging.outbox.states import MessageState
from messaging.worker import work_sources
from tests.gateways.smtp_server import SmtpServer
from tests.makers import make_gateway
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db(transaction=True)


def queued(to: str = "+48501234567", channel: str = "sms") -> Message:
    return queue_messages([Message(channel=channel, to=to, body="Hello")])[0]


def claimed(claim: uuid.UUID) -> list[Message]:
    with transaction.atomic():
        return claim_messages(claim, lambda *_: 10, 10, timezone.now())


def answer(messages: list[Message], outcomes: list[Outcome], claim: uuid.UUID) -> None:
    """What the providers said about claimed messages, stored together."""
    results = []
    for message, outcome in zip(messages, outcomes, strict=True):
        apply(message, outcome)
        results.append(Result(message, outcome, timezone.now(), 5))
    with transaction.atomic():
        store(results, claim)


def hang_up() -> None:
    """Close the connections that are kept to mail servers."""
    for gateway in Gateway.objects.filter(adapter="smtp"):
        submit(adapter_for(gateway).close()).result(5)


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("words", ["450 try\0later", "bad text \ud83d"], ids=["nul", "half a character"])
def test_it_stores_answers_whatever_words_a_provider_uses(words):
    make_gateway("sandbox_sms")
    queued("+48501111111"), queued("+48502222222")
    claim = uuid.uuid4()
    answer(claimed(claim), [Accepted("SM1"), Refused(in_words(words), True, Fault.UNKNOWN, code=words)], claim)
    assert states() == [MessageState.SENT, MessageState.FAILED]
    assert Attempt.objects.count() == 2


def test_it_stores_answers_when_their_gateway_was_deleted_meanwhile():
    gateway = make_gateway("sandbox_sms")
    message = queued()
    claim = uuid.uuid4()
    mine = claimed(claim)
    gateway.delete()
    answer(mine, [Accepted("SM1")], claim)
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (MessageState.SENT, "SM1")


def test_it_waits_a_day_at_most_whatever_a_provider_asks_for():
    make_gateway("sandbox_sms")
    message = queued()
    claim = uuid.uuid4()
    answer(claimed(claim), [Refused(in_words("Slow down"), False, Fault.PROVIDER, retry_after=10**12)], claim)
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert LONGEST_WAIT - 60 < (message.send_at - timezone.now()).total_seconds() <= LONGEST_WAIT


def test_it_sends_the_others_messages_when_one_gateway_is_broken():
    make_gateway("sandbox_email")
    make_gateway("twilio_sms")  # without an account
    queued("anna@example.com", "email"), queued()
    run_worker()
    assert states() == [MessageState.DELIVERED, MessageState.QUEUED]
    assert Gateway.objects.get(adapter="twilio_sms").paused_at is not None


def test_it_sends_the_others_messages_when_the_gateway_of_a_doubt_cannot_be_read():
    gateway = make_gateway("twilio_sms", config={"account_sid": "AC1", "auth_token": "x"})
    queued()
    Message.objects.update(state=MessageState.IN_DOUBT, look_up_at=timezone.now())
    Gateway.objects.filter(pk=gateway.pk).update(credentials="gAAAAABnonsense")
    make_gateway("sandbox_email")
    queued("anna@example.com", "email")
    run_worker()
    assert states() == [MessageState.IN_DOUBT, MessageState.DELIVERED]


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("a bug"), DatabaseError("value too long")], ids=["bug", "database"]
)
def test_it_sends_messages_while_another_source_of_work_fails(monkeypatch, error):
    def fail(now):
        raise error

    bad = work_sources.WorkSource("bad", lambda now: Message.objects.filter(state=MessageState.QUEUED), fail)
    monkeypatch.setattr(work_sources, "sources", [bad, *work_sources.sources])
    make_gateway("sandbox_sms")
    queued()
    run_worker()
    assert len(received()) == 1


def test_it_doubts_one_message_when_the_database_is_locked_for_a_moment(monkeypatch):
    real, moments = SandboxPhone.deliver, [OperationalError("database is locked")]

    def deliver(self, parcel):
        if moments:
            raise moments.pop()
        return real(self, parcel)

    monkeypatch.setattr(SandboxPhone, "deliver", deliver)
    with SmtpServer() as server:
        make_gateway("smtp", config=server.config())
        make_gateway("sandbox_sms")
        queued("anna@example.com", "email"), queued("+48501111111"), queued("+48502222222")
        run_worker()
        hang_up()
    assert states() == [MessageState.SENT, MessageState.IN_DOUBT, MessageState.DELIVERED]
    assert len(server.letters) == 1


def test_it_sends_letters_that_wait_for_a_place_while_their_gateway_is_edited():
    with SmtpServer(silence=1) as server:
        gateway = make_gateway("smtp", config=server.config(), concurrency=1)
        sender, claim = Sender(1), uuid.uuid4()
        for name in ("slow", "anna", "jan"):
            queued(f"{name}@example.com", "email")
        sender.hand_over(claimed(claim), time.monotonic())
        time.sleep(0.3)
        Gateway.objects.get(pk=gateway.pk).save()  # a form, or "resume"
        queued("late@example.com", "email")
        sender.hand_over(claimed(claim), time.monotonic())
        results = []
        while sender.in_flight:
            results += sender.gather(can_wait=True)
        answer([one.message for one in results], [one.outcome for one in results], claim)
        assert MessageState.IN_DOUBT not in states()
        run_worker()
        hang_up()
    assert states() == [MessageState.SENT] * 4
    assert len(server.letters) == 4
