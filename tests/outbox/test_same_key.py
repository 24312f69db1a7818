"""What may have arrived at a provider that takes one key once only: it goes there again, and nowhere else."""

import pytest

from locations.models import Company
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.reasons import KEY_LOST
from messaging.outbox.states import MessageState
from tests.gateways.smsapi_server import BROKEN, CUT, SmsApiServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway
from tests.outbox.test_in_doubt import ask_again, queued, unanswered
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db


def ask_rested(message: Message, minutes: int) -> None:
    """After the gateway's rest, which ends by the database's clock: that does not travel."""
    Gateway.objects.update(resting_until=None)
    ask_again(message, seconds=60 * minutes)


def test_it_does_not_say_that_it_failed_when_a_provider_with_keys_never_answered(settings):
    with SmsApiServer() as server:
        message = unanswered(BROKEN, server, "smsapi")
        for minutes in range(2, 30, 2):
            ask_rested(message, minutes)
        assert len(server.requests) == len(settings.RETRY_DELAYS) + 1
    assert message.state == MessageState.IN_DOUBT
    assert str(message.reason) == "Sent 6 times under the same key, never answered: find out whether it arrived."
    assert message.look_up_at is None


def test_it_gives_no_other_gateway_what_goes_again_under_its_key(settings):
    settings.RETRY_DELAYS = [60]
    with SmsApiServer() as first, TwilioServer() as second:
        make_gateway("smsapi", config=first.config(), weight=20)
        make_gateway("twilio_sms", config=second.config(), weight=10)
        silent = [queued(BROKEN) for _ in range(4)]  # so the gateway rests, and what waits goes to the next one
        message = queued(CUT)
        run_worker()
        for minutes in range(2, 30, 2):
            ask_rested(message, minutes)
        assert (message.state, len(first.messages)) == (MessageState.SENT, 1)
        assert second.requests == []
        assert not Message.objects.filter(pk__in=[one.pk for one in silent]).exclude(gateway=message.gateway).exists()


def test_it_is_in_doubt_again_when_the_gateway_that_knows_its_key_is_switched_off():
    with SmsApiServer() as first, TwilioServer() as second:
        message = unanswered(CUT, first, "smsapi")
        make_gateway("twilio_sms", config=second.config())
        Company.objects.update(is_sending_stopped=True)
        ask_again(message)
        assert message.state == MessageState.QUEUED
        message.gateway.is_on = False
        message.gateway.save()
        Company.objects.update(is_sending_stopped=False)
        run_worker()
        message.refresh_from_db()
        assert (message.state, message.reason) == (MessageState.IN_DOUBT, KEY_LOST())
        assert second.requests == []
