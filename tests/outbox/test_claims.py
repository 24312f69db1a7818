"""The claim: the intent on record before the first byte, and what follows when nobody comes back."""

import datetime
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from locations.errors import CannotDo
from locations.values.reasons import in_words
from messaging.gateways.adapters import Accepted, Fault, Refused
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import cancel, queue_messages, resend, settle_doubt
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.sending.recording import Result, apply, store
from messaging.outbox.states import MessageState
from messaging.worker.clock import database_now
from tests.makers import make_gateway
from tests.running_worker import received, run_worker


def queued(count: int = 1) -> list[Message]:
    return queue_messages([Message(channel="sms", to=f"+4850123{n:04}", body="Hello") for n in range(count)])


def claimed(claim: uuid.UUID) -> Message:
    queued()
    with transaction.atomic():
        return claim_messages(claim, lambda *_: 10, 10, timezone.now())[0]


def interrupt(message: Message) -> None:
    """The process that had claimed it never came back."""
    Message.objects.filter(pk=message.pk).update(lease_until=database_now() - datetime.timedelta(seconds=1))
    run_worker()
    message.refresh_from_db()


def answer(message: Message, outcome, claim: uuid.UUID) -> None:
    apply(message, outcome)
    with transaction.atomic():
        store([Result(message, outcome, timezone.now(), 5)], claim)
    message.refresh_from_db()


@pytest.fixture
def sandbox():
    return make_gateway("sandbox_sms")


@pytest.mark.django_db
def test_it_puts_an_interrupted_message_in_doubt_and_never_sends_it_again(sandbox):
    message = claimed(uuid.uuid4())
    interrupt(message)
    run_worker()
    assert message.state == MessageState.IN_DOUBT
    assert message.reason.code == "outbox.interrupted"
    assert received() == []


@pytest.mark.django_db
def test_it_leaves_a_message_alone_while_its_lease_lasts(sandbox):
    message = claimed(uuid.uuid4())
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.SENDING


@pytest.mark.django_db
def test_it_settles_a_doubt_by_a_late_answer(sandbox):
    claim = uuid.uuid4()
    message = claimed(claim)
    late = Message.objects.get(pk=message.pk)
    interrupt(message)
    answer(late, Accepted("SM1"), claim)
    assert (late.state, late.provider_id) == (MessageState.SENT, "SM1")


@pytest.mark.django_db
def test_it_does_not_let_a_late_answer_undo_what_a_person_decided(sandbox):
    claim = uuid.uuid4()
    message = claimed(claim)
    late = Message.objects.get(pk=message.pk)
    interrupt(message)
    again = settle_doubt(message, arrived=False)
    answer(late, Refused(in_words("Busy"), False, Fault.PROVIDER), claim)
    assert late.state == MessageState.FAILED
    assert again.resend_of == message
    assert settle_doubt(message, arrived=False) is None
    run_worker()
    assert len(received()) == 1


@pytest.mark.django_db
def test_it_ignores_an_answer_under_a_foreign_claim(sandbox):
    message = claimed(uuid.uuid4())
    answer(message, Accepted("SM1"), uuid.uuid4())
    assert message.state == MessageState.SENDING


@pytest.mark.django_db
def test_it_is_too_late_to_cancel_what_is_being_sent(sandbox):
    message = claimed(uuid.uuid4())
    assert cancel(Message.objects.filter(pk=message.pk), in_words("changed my mind")) == 0
    with pytest.raises(CannotDo, match="still sending"):
        resend(message)


@pytest.mark.django_db(transaction=True)
def test_it_gives_each_message_to_one_of_many_workers(sandbox):
    queued(60)
    taken: list[int] = []
    start = threading.Barrier(4)

    def worker() -> None:
        start.wait()
        while True:
            with transaction.atomic():
                mine = claim_messages(uuid.uuid4(), lambda *_: 7, 7, timezone.now())
            if not mine:
                break
            taken.extend(message.pk for message in mine)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60
