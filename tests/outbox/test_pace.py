"""A provider that asks to slow down gets its messages slower, and none of them is lost."""

import datetime
import threading
import time
from itertools import pairwise

import pytest
from django.db import connections

from messaging.outbox.models import Lane, Message, MessageState
from messaging.outbox.operations import queue_messages
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.processes import wait_until
from tests.worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


def queue(count: int, lane: int = Lane.CAMPAIGNS, **fields) -> list[Message]:
    return queue_messages(
        [Message(channel="sms", to=f"+48501{n:06}", body=f"Hello {n}", lane=lane, **fields) for n in range(count)]
    )


def work_until_sent() -> None:
    """As the dispatcher does: a drain after the other, while anything is queued."""
    while Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).exists():
        run_worker()
        time.sleep(0.05)


def most_in_a_second(moments: list[float]) -> int:
    """The largest number of them within any one second."""
    return max(sum(start <= at < start + 1 for at in moments) for start in moments)


def in_hands(count: int, work) -> None:
    """`count` workers at once, each with its own connection."""

    def hand() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_it_loses_nothing_at_a_provider_that_takes_ten_a_second():
    with TwilioServer(per_second=10, retry_after="1") as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        queue(110)
        began = time.monotonic()
        worker = threading.Thread(target=in_hands, args=(1, work_until_sent))
        worker.start()
        time.sleep(6)
        (urgent,) = queue(1, Lane.ORDERS, subject="urgent")
        queued_at = time.monotonic()
        wait_until(lambda: Message.objects.get(pk=urgent.pk).state == MessageState.SENT, "the order's message went", 5)
        assert time.monotonic() - queued_at < 2.2
        worker.join(60)
    gateway.refresh_from_db()
    assert Message.objects.filter(state=MessageState.SENT).count() == 111
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert len({form["Body"] + form["To"] for form in twilio.messages}) == len(twilio.messages) - 1
    assert most_in_a_second([at for at in twilio.arrived_at if at > began + 5]) <= 11
    assert gateway.pace_reason == "Twilio asks to slow down."
    assert gateway.failures_in_row == 0


def test_no_second_has_more_than_the_rate_and_one_over_two_workers(settings):
    settings.DRAIN_SLOTS = 2
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), rate_per_second=30)
        queue(100)
        in_hands(2, work_until_sent)
    assert len(twilio.requests) == 100
    assert most_in_a_second(twilio.arrived_at) <= 31
    assert twilio.arrived_at[-1] - twilio.arrived_at[0] < 100 / 30 * 1.5


def test_a_rate_below_one_a_second_is_kept_too():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), rate_per_second=0.8)
        queue(3)
        work_until_sent()
    assert all(later - earlier > 1 for earlier, later in pairwise(twilio.arrived_at))
