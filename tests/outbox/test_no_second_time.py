"""Nobody gets the same message twice, nor days late, whatever happened in between."""

import datetime
import time

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from messaging.gateways.adapters import NotFound
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages, settle_doubt
from messaging.outbox.queue.claiming import doubt_expired_leases
from messaging.outbox.receipts.in_doubt import send_under_same_key, settle
from messaging.outbox.sending.sender import Sender
from messaging.outbox.states import MessageState
from messaging.worker.clock import database_now
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db(transaction=True)
ONE_MINUTE = datetime.timedelta(minutes=1)


def queued(count: int = 1) -> list[Message]:
    return queue_messages([Message(channel="sms", to="+48501234567", body="Hello") for _ in range(count)])


@pytest.fixture
def operator(client):
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.mark.parametrize("which", [0, 1])
def test_of_twins_that_both_arrived_none_is_sent_again(which):
    """Two orders of one person, the same words, the same second; the answer about one of them was lost."""
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        lost = queued(2)[which]
        run_worker()
        doubt = {"state": MessageState.IN_DOUBT, "provider_id": "", "claim": None}
        Message.objects.filter(pk=lost.pk).update(**doubt, look_up_at=timezone.now() + ONE_MINUTE)
        with time_machine.travel(timezone.now() + 2 * ONE_MINUTE):
            run_worker()
        lost.refresh_from_db()
        assert lost.look_ups == 1
        assert len(twilio.requests) == 2


def test_two_people_who_resend_send_once(operator):
    make_gateway("sandbox_sms")
    (message,) = queued()
    Message.objects.update(state=MessageState.FAILED)
    for _ in range(2):
        operator.post(f"/admin/outbox/message/{message.pk}/resend/do/")
    run_worker()
    assert len(received()) == 1


def test_a_doubt_is_not_resent_while_it_may_go_out_by_itself(operator):
    make_gateway("sandbox_sms")
    (message,) = queued()
    Message.objects.update(state=MessageState.IN_DOUBT, look_up_at=timezone.now())
    operator.post(f"/admin/outbox/message/{message.pk}/resend/do/")
    for minutes in (0, 5):
        with time_machine.travel(timezone.now() + minutes * ONE_MINUTE):
            run_worker()
    assert len(received()) == 1
    assert Message.objects.get().state == MessageState.DELIVERED


def test_a_worker_that_slept_after_its_claim_does_not_send_what_was_settled(monkeypatch):
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), timeout_seconds=1)
        (message,) = queued()
        hand_over, naps = Sender.hand_over, [6]

        def sleepy(sender, messages, claimed_at):
            """As after SIGSTOP: meanwhile the lease runs out and somebody settles the doubt."""
            if messages and naps:
                Message.objects.filter(pk=message.pk).update(lease_until=database_now() - ONE_MINUTE)
                doubt_expired_leases()
                assert settle_doubt(Message.objects.get(pk=message.pk), arrived=False) is not None
                time.sleep(naps.pop())
            return hand_over(sender, messages, claimed_at)

        monkeypatch.setattr(Sender, "hand_over", sleepy)
        run_worker()
        run_worker()
        assert not naps
        assert len(twilio.requests) == 1


def find_missing_twice(message: Message) -> None:
    for _ in range(2):
        settle(message, NotFound())
        message.refresh_from_db()


@pytest.mark.parametrize("find_missing", [find_missing_twice, send_under_same_key])
def test_what_is_found_missing_days_later_is_held(find_missing):
    make_gateway("sandbox_sms")
    (message,) = queued()
    Message.objects.update(state=MessageState.IN_DOUBT)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3)):
        message.refresh_from_db()
        find_missing(message)
        run_worker()
    message.refresh_from_db()
    assert (message.state, received()) == (MessageState.HELD, [])


def test_a_doubt_is_not_tried_for_ever(settings):
    make_gateway("twilio_sms")
    (message,) = queued()
    tries = 0
    while message.state == MessageState.QUEUED and tries < 50:
        tries += 1
        Message.objects.update(state=MessageState.IN_DOUBT, attempts=tries)
        message.refresh_from_db()
        with transaction.atomic():
            find_missing_twice(message)
    assert message.state == MessageState.FAILED
    assert tries == len(settings.RETRY_DELAYS) + 1
