"""The first gateway refused for the moment, the second one took over, and then the first one did deliver."""

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.gateways.models import Gateway
from messaging.outbox.models import Attempt, Message, Receipt
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user
from tests.outbox.test_receipts import PUBLIC, SID, make_message, tell
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
OTHER_SID = "SM" + "3d" * 16
QUEUED, HELD, SENDING = MessageState.QUEUED, MessageState.HELD, MessageState.SENDING
SENT, DELIVERED, FAILED = MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED
EXPIRED, CANCELLED, IN_DOUBT = MessageState.EXPIRED, MessageState.CANCELLED, MessageState.IN_DOUBT
TWICE = "“First” delivered it too: the customer may have got it twice."
ONCE = "“First” delivered it after all."


@pytest.fixture(autouse=True)
def public_site(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def first() -> Gateway:
    return connect("First")


@pytest.fixture
def second() -> Gateway:
    return connect("Second")


def connect(name: str) -> Gateway:
    return make_gateway("twilio_sms", name=name, config=TwilioServer().config(), paused_at=timezone.now())


def overtaken(first: Gateway, second: Gateway, state: str) -> Message:
    """It was tried by the first gateway, then given to the second one, where it is now."""
    number = OTHER_SID if state in {SENT, DELIVERED} else ""
    message = make_message(second, state, provider_id=number)
    Attempt.objects.create(message=message, gateway=first, started_at=timezone.now(), outcome="refused")
    return message


@pytest.mark.parametrize(
    ("before", "status", "after", "reason", "owner"),
    [
        (QUEUED, "delivered", DELIVERED, "", "First"),
        (QUEUED, "sent", SENT, "", "First"),
        (HELD, "delivered", DELIVERED, "", "First"),
        (SENT, "delivered", DELIVERED, TWICE, "Second"),
        (DELIVERED, "delivered", DELIVERED, TWICE, "Second"),
        (IN_DOUBT, "delivered", DELIVERED, TWICE, "Second"),
        (FAILED, "delivered", DELIVERED, ONCE, "Second"),
        (EXPIRED, "delivered", DELIVERED, ONCE, "Second"),
        (SENT, "sent", SENT, "“First” has taken it too: the customer may get it twice.", "Second"),
        (FAILED, "sent", FAILED, "", "Second"),
        (SENT, "failed", SENT, "", "Second"),
        (QUEUED, "failed", QUEUED, "", "Second"),
        (CANCELLED, "delivered", CANCELLED, "", "Second"),
    ],
)
def test_what_the_first_one_delivered_is_not_lost_and_a_second_time_is_visible(
    first, second, before, status, after, reason, owner
):
    message = overtaken(first, second, before)
    tell(first, status, message)
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason), message.gateway.name) == (after, reason, owner)
    assert (message.delivered_at is not None) == (status == "delivered" and after == DELIVERED and before != DELIVERED)
    assert Receipt.objects.get().gateway == first


def test_it_waits_while_the_second_one_is_sending(first, second):
    message = overtaken(first, second, SENDING)
    tell(first, "delivered", message)
    run_worker()
    message.refresh_from_db()
    assert (message.state, Receipt.objects.count()) == (SENDING, 0)


def test_later_news_of_the_second_one_hides_nothing(first, second, client):
    message = overtaken(first, second, SENT)
    tell(first, "delivered", message)
    run_worker()
    tell(second, "delivered", message, sid=OTHER_SID)
    tell(second, "failed", message, sid=OTHER_SID)
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason), message.provider_id) == (DELIVERED, TWICE, OTHER_SID)
    client.force_login(make_user(is_superuser=True))
    page = client.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()
    assert TWICE in page


def test_a_message_taken_back_is_known_by_the_first_ones_number(first, second):
    message = overtaken(first, second, QUEUED)
    tell(first, "sent", message)
    run_worker()
    tell(first, "delivered")
    run_worker()
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (DELIVERED, SID)


def test_a_gateway_that_never_tried_it_is_not_believed(first, second):
    message = make_message(second, SENT, provider_id=OTHER_SID)
    tell(first, "delivered", message)
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (SENT, "")
