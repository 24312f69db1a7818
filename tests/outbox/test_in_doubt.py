"""Doubts that resolve themselves, and those that only a person may resolve."""

import datetime
import uuid
from email.utils import format_datetime

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from locations.values.reasons import NONE
from messaging.gateways.adapters.twilio.look_up import MOST_PAGES, PAGE_ROWS
from messaging.gateways.models import SandboxDelivery
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.reasons import GATEWAY_CHANGED, TWIN_FOUND, WORKER_ASLEEP
from messaging.outbox.receipts.in_doubt import MOST_QUESTIONS
from messaging.outbox.states import MessageState
from messaging.worker.clock import database_now
from tests.gateways.serwersms_server import BROKEN, SerwerSmsServer
from tests.gateways.smsapi_server import CUT as SMSAPI_CUT
from tests.gateways.smsapi_server import SmsApiServer
from tests.gateways.twilio_listing import Listing
from tests.gateways.twilio_moods import Moods
from tests.gateways.twilio_server import BROKEN_RECIPIENT, CUT_RECIPIENT, SENDER, TwilioServer
from tests.makers import make_gateway
from tests.processes import wait_until
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db


def queued(to: str = "+48501234567") -> Message:
    return queue_messages([Message(channel="sms", to=to, body="Hello")])[0]


def interrupted() -> Message:
    """A message whose worker never came back."""
    message = queued()
    with transaction.atomic():
        claim_messages(uuid.uuid4(), lambda *_: 1, 1, timezone.now())
    Message.objects.update(lease_until=database_now() - datetime.timedelta(seconds=1))
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT
    return message


def unanswered(
    to: str, server: TwilioServer | SerwerSmsServer | SmsApiServer, adapter: str = "twilio_sms", timeout: int = 10
) -> Message:
    """A message that was handed to this provider, which did not say what became of it."""
    make_gateway(adapter, config=server.config(), timeout_seconds=timeout)
    message = queued(to)
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT
    return message


def ask_again(message: Message, seconds: int = 120) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=seconds)):
        run_worker()
    message.refresh_from_db()


def test_it_finds_at_the_provider_what_an_interrupted_worker_had_sent():
    make_gateway("sandbox_sms")
    message = interrupted()
    SandboxDelivery.objects.create(key=message.key, channel="sms", to=message.to, body="Hello")
    ask_again(message)
    assert message.state == MessageState.DELIVERED
    assert SandboxDelivery.objects.count() == 1


def test_it_never_repeats_by_itself_what_a_sleeping_worker_might_still_send():
    make_gateway("sandbox_sms")
    message = interrupted()
    ask_again(message)
    assert (message.state, message.reason) == (MessageState.IN_DOUBT, WORKER_ASLEEP())
    assert not SandboxDelivery.objects.exists()


def test_it_looks_up_at_twilio_what_was_cut_off_after_it_had_arrived():
    with TwilioServer() as twilio:
        message = unanswered(CUT_RECIPIENT, twilio)
        ask_again(message)
        assert len(twilio.requests) == 1
    assert (message.state, message.reason) == (MessageState.SENT, NONE)


def test_it_does_not_send_again_what_a_lagging_list_does_not_show_yet():
    """It was answered too late, and the list does not have it at the first look-up."""
    with TwilioServer(moods=Moods(late_share=1, late_seconds=1.5), listing=Listing(queue_seconds=0)) as twilio:
        message = unanswered("+48501234567", twilio, timeout=1)
        wait_until(lambda: twilio.messages, "the message is taken")
        [sid] = twilio.kept
        twilio.listing.listed_at[sid] += 90
        ask_again(message, seconds=61)
        assert message.state == MessageState.IN_DOUBT
        assert str(message.reason).startswith("The provider does not have it so far; it must say so twice")
        ask_again(message, seconds=61 + 121)
        assert (message.state, message.provider_id) == (MessageState.SENT, sid)
        assert len(twilio.requests) == 1


def test_it_does_not_send_again_what_stands_behind_older_messages_in_the_list():
    """Twilio sorts by the date of sending, which what waits there has not yet."""
    with TwilioServer(listing=Listing(queue_seconds=0)) as twilio:
        for days in (1, 2):
            row = twilio.take({"To": CUT_RECIPIENT, "From": SENDER, "Body": "Yesterday"})
            row["date_created"] = format_datetime(timezone.now() - datetime.timedelta(days=days))
            twilio.listing.date(row)
        twilio.listing.queue_seconds = None
        message = unanswered(CUT_RECIPIENT, twilio)
        for seconds in (61, 200, 900):
            ask_again(message, seconds=seconds)
        assert len(twilio.requests) == 1
        assert message.state == MessageState.SENT


def test_it_sends_again_what_the_provider_twice_did_not_have():
    with TwilioServer() as twilio:
        message = unanswered(BROKEN_RECIPIENT, twilio)
        ask_again(message, seconds=61)
        assert (message.state, len(twilio.requests)) == (MessageState.IN_DOUBT, 1)
        ask_again(message, seconds=100)
        assert (message.state, len(twilio.requests)) == (MessageState.IN_DOUBT, 1)
        ask_again(message, seconds=61 + 121)
        assert len(twilio.requests) == 2
        assert message.not_found_at is None  # in doubt again, about which nothing is known yet


def test_it_finds_the_first_try_though_it_came_to_light_after_the_second():
    with TwilioServer() as twilio:
        message = unanswered(BROKEN_RECIPIENT, twilio)
        for seconds in (61, 20 * 60):
            ask_again(message, seconds=seconds)
        assert len(twilio.requests) == 2
        twilio.take(twilio.requests[0])  # made at the time of the first one
        ask_again(message, seconds=25 * 60)
        assert message.state == MessageState.SENT
        assert len(twilio.requests) == 2


def test_it_leaves_it_to_a_person_when_the_list_never_comes_to_an_end():
    with TwilioServer() as twilio:
        message = unanswered(BROKEN_RECIPIENT, twilio, timeout=60)
        for number in range(PAGE_ROWS * MOST_PAGES + 1):
            twilio.take({"To": BROKEN_RECIPIENT, "From": SENDER, "Body": f"Text {number}"})
        unread = "Twilio's list of messages to this number could not be read to its end."
        for hours in (1, 2, 4, 8, 16, 32):
            ask_again(message, seconds=3600 * hours)
            assert message.state == MessageState.IN_DOUBT
            assert str(message.reason).startswith(unread)
        assert str(message.reason).endswith("The provider is not asked any more: find out whether it arrived.")
        assert len(twilio.requests) == 1


def test_what_serwersms_does_not_report_stays_in_doubt():
    """Nothing documents how soon its reports show a message."""
    with SerwerSmsServer() as server:
        message = unanswered(BROKEN, server, "serwersms")
        for hours in (1, 2, 4, 8, 16, 32):
            ask_again(message, seconds=3600 * hours)
        assert message.state == MessageState.IN_DOUBT
        assert str(message.reason).startswith("SerwerSMS does not report this message")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("adapter", "to", "make_server"),
    [("twilio_sms", CUT_RECIPIENT, TwilioServer), ("smsapi", SMSAPI_CUT, SmsApiServer)],
)
def test_it_does_not_send_through_another_account_what_the_former_one_may_have(adapter, to, make_server):
    with make_server() as server, make_server() as other:
        message = unanswered(to, server, adapter)
        gateway = message.gateway
        gateway.config = other.config()
        gateway.save()
        for hours in (1, 2, 4, 8, 16, 32):
            ask_again(message, seconds=3600 * hours)
        assert (message.state, message.reason) == (MessageState.IN_DOUBT, GATEWAY_CHANGED())
        assert (len(server.messages), other.requests) == (1, [])


def test_it_does_not_take_what_another_gateway_of_the_account_sent_for_the_message_in_doubt():
    with TwilioServer() as twilio:
        other = make_gateway("twilio_sms", config=twilio.config())
        twin = queued(BROKEN_RECIPIENT)
        row = twilio.take({"To": twin.to, "From": SENDER, "Body": twin.body})
        Message.objects.filter(pk=twin.pk).update(state=MessageState.SENT, provider_id=row["sid"])
        other.is_on = False
        other.save()
        message = unanswered(BROKEN_RECIPIENT, twilio)
        ask_again(message)
        assert (message.state, message.reason) == (MessageState.IN_DOUBT, TWIN_FOUND())


def test_it_asks_about_few_at_a_time():
    """More would wait for each other, and what could not be asked in time is none the wiser."""
    with TwilioServer(delay=0.3) as twilio:
        make_gateway("twilio_sms", config=twilio.config(), concurrency=200)
        messages = queue_messages([Message(channel="sms", to=CUT_RECIPIENT, body=f"Hello {n}") for n in range(120)])
        run_worker()
        assert Message.objects.filter(state=MessageState.IN_DOUBT).count() == len(messages)
        ask_again(messages[0])
        assert twilio.most_lists_at_once <= MOST_QUESTIONS
        assert Message.objects.filter(state=MessageState.SENT).count() == len(messages)


def test_it_stops_asking_after_some_time():
    make_gateway("sandbox_sms")
    message = interrupted()
    for hours in (1, 2, 4, 8, 16):
        ask_again(message, seconds=3600 * hours)
    assert message.look_up_at is None
    assert message.state == MessageState.IN_DOUBT


def test_it_does_not_take_a_twin_for_the_message_in_doubt():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        twin = queued()
        run_worker()
        twin.refresh_from_db()
        assert twin.state == MessageState.SENT
        message = interrupted()
        ask_again(message)
    assert (message.state, message.reason) == (MessageState.IN_DOUBT, TWIN_FOUND())
