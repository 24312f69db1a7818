"""What becomes of a queued message: the customer gets it once, or it is written down why not."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from locations.consent import suppress
from locations.models import Company
from locations.values.reasons import in_words
from messaging.gateways.models import Gateway
from messaging.outbox.models import Attempt, Message
from messaging.outbox.queue.actions import approve, queue_messages
from messaging.outbox.states import MessageState
from tests.makers import make_client, make_gateway
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"
BUSY_MAILBOX, BUSY = "later@example.com", "The mailbox is busy; the server asks to try later."
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


def queued(to: str = PHONE, **fields) -> Message:
    fields.setdefault("channel", "sms")
    return queue_messages([Message(to=to, body="Hello", **fields)])[0]


@pytest.fixture
def sandbox() -> Gateway:
    return make_gateway("sandbox_sms")


def test_it_delivers_a_message_once_and_records_the_try(sandbox):
    message = queued()
    run_worker()
    run_worker()
    message.refresh_from_db()
    assert received() == [(PHONE, "Hello")]
    assert (message.state, message.attempts, str(message.reason)) == (MessageState.DELIVERED, 1, "")
    assert message.sent_at is not None
    assert Attempt.objects.get().outcome == "accepted"


def test_it_sends_what_is_due_first_and_waits_with_the_rest(sandbox):
    with time_machine.travel(NOON, tick=False):
        queued("+48501111111", send_at=NOON + datetime.timedelta(seconds=1))
        queued("+48502222222", send_at=NOON)
        queued("+48503333333", send_at=NOON - datetime.timedelta(seconds=1))
        run_worker()
    assert [to for to, _text in received()] == ["+48503333333", "+48502222222"]


def test_it_sends_order_messages_before_campaign_messages(sandbox):
    queued("+48501111111", lane=1, send_at=timezone.now() - datetime.timedelta(minutes=1))
    queued("+48502222222", lane=0)
    run_worker()
    assert [to for to, _text in received()] == ["+48502222222", "+48501111111"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("+48500000001", "The number does not exist."),
        ("+79000000004", "The recipient has opted out (STOP)."),
        ("+380500000009", "The number cannot receive SMS."),
    ],
)
def test_it_gives_up_at_once_when_the_recipient_is_at_fault(sandbox, number, sentence):
    message = queued(number)
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason), message.attempts) == (MessageState.FAILED, sentence, 1)
    assert Attempt.objects.get().fault == "recipient"
    assert received() == []


def test_it_tries_again_later_by_the_table_of_delays_and_then_gives_up(settings):
    make_gateway("sandbox_email")
    settings.RETRY_DELAYS = [30, 120]
    with time_machine.travel(NOON, tick=False) as clock:
        message = queued(BUSY_MAILBOX, channel="email")
        run_worker()
        message.refresh_from_db()
        assert message.state == MessageState.QUEUED
        assert message.send_at == NOON + datetime.timedelta(seconds=30)
        assert str(message.reason) == f"{BUSY} Next try 13:00:30, 2 of 3."
        for seconds in (30, 120):
            clock.shift(datetime.timedelta(seconds=seconds))
            run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert str(message.reason) == f"{BUSY} Given up after 3 tries."
    assert Attempt.objects.count() == 3


def test_it_does_not_try_again_after_the_validity():
    make_gateway("sandbox_email")
    soon = timezone.now() + datetime.timedelta(seconds=20)
    message = queued(BUSY_MAILBOX, channel="email", expires_at=soon)
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert str(message.reason) == f"{BUSY} The next try would come after its validity."


def test_it_never_repeats_what_the_provider_may_have_taken(sandbox):
    message = queued("+48500000006")
    run_worker()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=20)):
        run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT
    assert str(message.reason).startswith(
        "The provider did not answer in time. It may or may not have arrived. The provider"
    )
    assert message.attempts == 1


def test_it_expires_what_was_not_sent_in_time(sandbox):
    message = queued(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.EXPIRED
    assert received() == []


def test_it_holds_what_is_late_and_sends_it_once_approved(sandbox):
    message = queued(send_at=timezone.now() - datetime.timedelta(minutes=31))
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (MessageState.HELD, "31 minutes late: send it still?")
    assert approve(Message.objects.all()) == 1
    run_worker()
    assert len(received()) == 1


def test_it_keeps_everything_while_sending_is_stopped(sandbox):
    company = Company.current()
    company.is_sending_stopped = True
    company.save()
    message = queued()
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    company.is_sending_stopped = False
    company.save()
    run_worker()
    assert len(received()) == 1


def test_it_checks_the_opt_out_again_at_the_last_moment(sandbox):
    message = queued()
    suppress([PHONE], "sms", "service", in_words("STOP"))
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.REFUSED
    assert str(message.reason) == "The address does not want such messages (SMS, Service)."


def test_it_ignores_opt_outs_for_tests_and_staff(sandbox):
    suppress([PHONE], "sms", "service", in_words("STOP"))
    queued(purpose="staff")
    run_worker()
    assert len(received()) == 1


def test_it_keeps_demo_clients_inside_the_sandbox_whatever_is_connected(sandbox):
    make_gateway("twilio_sms", weight=100)
    message = queued(client=make_client(is_demo=True), is_demo=True)
    assert message.gateway == sandbox
    run_worker()
    assert len(received()) == 1


def test_it_prefers_a_real_gateway_to_the_sandbox(sandbox):
    real = make_gateway("twilio_sms", weight=1)
    assert queued().gateway == real


def test_it_refuses_in_words_when_the_gateway_was_switched_off_meanwhile(sandbox):
    message = queued()
    Gateway.objects.update(is_on=False)
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.REFUSED
    assert str(message.reason) == "No gateway for SMS is connected: nothing can be sent."


def test_it_takes_another_gateway_when_the_first_was_removed(sandbox):
    second = make_gateway("sandbox_sms", weight=1)
    message = queued()
    sandbox.delete()
    run_worker()
    message.refresh_from_db()
    assert (message.state, message.gateway) == (MessageState.DELIVERED, second)


def test_it_waits_while_the_gateway_is_paused(sandbox):
    Gateway.objects.update(paused_at=timezone.now())
    message = queued()
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


def test_it_keeps_to_the_rate_of_the_gateway(sandbox):
    Gateway.objects.update(rate_per_second=0.02)
    for number in range(5):
        queued(f"+4850111111{number}")
    run_worker()
    assert len(received()) == 1
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 4


def test_it_pauses_a_gateway_whose_credentials_cannot_be_read_and_keeps_the_messages():
    gateway = make_gateway("smtp", config={"host": "localhost"})
    Gateway.objects.update(credentials="gAAAAABnonsense")
    message = queued("anna@example.com", channel="email")
    run_worker()
    message.refresh_from_db()
    gateway.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert gateway.paused_at is not None
    assert "CREDENTIALS_KEYS" in str(gateway.pause_reason)


def test_it_refuses_campaign_messages_on_an_empty_account_and_still_tries_those_about_orders(sandbox):
    Gateway.objects.update(balance=0, balance_currency="PLN")
    campaign, order = queued("+48501111111", lane=1), queued("+48502222222")
    run_worker()
    for message in (campaign, order):
        message.refresh_from_db()
    assert campaign.state == MessageState.REFUSED
    assert "is empty: top it up first" in str(campaign.reason)
    assert order.state == MessageState.DELIVERED
