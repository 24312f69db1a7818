"""“Stop all sending” also stops what a worker has claimed already but not begun: that goes out later, once."""

import threading
import time

import pytest
from django.db import connections

from locations.models import Company
from messaging.outbox.models import Attempt, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.processes import wait_until
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)


def stop(is_stopped: bool) -> None:
    Company.objects.update_or_create(pk=1, defaults={"is_sending_stopped": is_stopped})


def test_it_takes_back_what_is_claimed_but_has_not_begun():
    with TwilioServer(delay=1.5) as twilio:
        make_gateway("twilio_sms", config=twilio.config(), concurrency=2, timeout_seconds=20)
        queue_messages([Message(channel="sms", to=f"+4850123456{n}", body=f"Hello {n}") for n in range(8)])

        def press() -> None:
            try:
                wait_until(lambda: len(twilio.requests) > 2, "the first ones are answered, the next ones on their way")
                stop(True)
            finally:
                connections.close_all()

        hand = threading.Thread(target=press)
        hand.start()
        run_worker()
        hand.join()
        begun = len(twilio.requests)
        waiting = Message.objects.filter(state=MessageState.QUEUED)
        assert begun < 8
        assert waiting.count() == 8 - begun
        taken_back = waiting.filter(reason__code="outbox.sending_stopped")
        assert taken_back.exists()
        assert set(taken_back.values_list("attempts", "lease_until")) == {(0, None)}
        assert Attempt.objects.count() == begun
        time.sleep(0.1)
        assert len(twilio.requests) == begun
        stop(False)
        run_worker()
        assert sorted(form["Body"] for form in twilio.requests) == [f"Hello {n}" for n in range(8)]
    assert Message.objects.filter(state=MessageState.SENT).count() == 8
