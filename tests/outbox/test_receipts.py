"""What providers say afterwards moves messages on: never back, never lost, in whatever order it comes."""

import datetime
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from twilio.request_validator import RequestValidator

from locations.values.reasons import NONE
from messaging.gateways.models import Gateway, HookEvent
from messaging.outbox.models import Message, Receipt, UnusableAddress
from messaging.outbox.reasons import MAY_HAVE_ARRIVED
from messaging.outbox.states import MessageState
from tests.gateways.twilio_server import AUTH_TOKEN, TwilioServer
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
PUBLIC = "https://shop.example"
PHONE = "+48501234567"
SID = "SM" + "1b" * 16
NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)
QUEUED = MessageState.QUEUED
SENDING = MessageState.SENDING
SENT = MessageState.SENT
DELIVERED = MessageState.DELIVERED
FAILED = MessageState.FAILED
IN_DOUBT = MessageState.IN_DOUBT
HELD = MessageState.HELD
CANCELLED = MessageState.CANCELLED


@pytest.fixture(autouse=True)
def public_site(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def gateway() -> Gateway:
    """Off, so that nothing is sent while receipts are read."""
    return make_gateway("twilio_sms", config=TwilioServer().config(), paused_at=timezone.now())


def make_message(gateway: Gateway, state: str = SENT, **fields) -> Message:
    fields.setdefault("provider_id", SID if state in {SENT, DELIVERED} else "")
    lease = timezone.now() + datetime.timedelta(days=30) if state == SENDING else None
    return Message.objects.create(
        gateway=gateway, channel="sms", to=PHONE, body="Hello", state=state, lease_until=lease, **fields
    )


def tell(gateway: Gateway, status: str, message: Message | None = None, sid: str = SID, code: str = "") -> None:
    """Twilio calls our hook; the worker has not looked yet."""
    fields = {"MessageSid": sid, "MessageStatus": status, "To": PHONE, **({"ErrorCode": code} if code else {})}
    path = f"/hooks/{gateway.hook_key}/" + (f"?message={message.key}" if message else "")
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC + path, fields)
    form = "application/x-www-form-urlencoded"
    answer = Client().post(path, urlencode(fields), content_type=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200


def test_a_message_is_delivered_when_the_provider_says_so(gateway):
    message = make_message(gateway)
    with time_machine.travel(NOON, tick=False):
        tell(gateway, "delivered", message)
        run_worker()
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == (DELIVERED, NOON)
    receipt = Receipt.objects.get()
    assert (receipt.message, receipt.gateway, receipt.provider_id, receipt.status) == (
        message,
        gateway,
        SID,
        "delivered",
    )
    assert HookEvent.objects.get().handled_at == NOON


def test_a_message_is_found_by_the_providers_number_too(gateway):
    message = make_message(gateway)
    tell(gateway, "delivered")
    run_worker()
    message.refresh_from_db()
    assert message.state == DELIVERED


def test_a_message_that_did_not_arrive_says_why_and_its_dead_number_is_marked(gateway):
    message = make_message(gateway)
    tell(gateway, "undelivered", message, code="30005")
    run_worker()
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (FAILED, "The number is unknown or no longer in use.")
    assert UnusableAddress.objects.get().address == PHONE
    receipt = Receipt.objects.get()
    assert (receipt.status, receipt.code, receipt.fault) == ("failed", "30005", "recipient")


@pytest.mark.parametrize(
    ("before", "status", "after"),
    [
        (IN_DOUBT, "queued", SENT),
        (IN_DOUBT, "delivered", DELIVERED),
        (IN_DOUBT, "failed", FAILED),
        (QUEUED, "sent", SENT),
        (HELD, "delivered", DELIVERED),
        (SENT, "sent", SENT),
        (SENT, "failed", FAILED),
        (DELIVERED, "sent", DELIVERED),
        (DELIVERED, "failed", DELIVERED),
        (FAILED, "delivered", FAILED),
        (CANCELLED, "sent", CANCELLED),
        (QUEUED, "failed", QUEUED),
    ],
)
def test_a_receipt_moves_a_message_forward_only(gateway, before, status, after):
    message = make_message(gateway, before)
    tell(gateway, status, message)
    run_worker()
    message.refresh_from_db()
    assert message.state == after
    assert Receipt.objects.get().message == message


def test_a_receipt_that_ends_a_doubt_also_tells_when_and_under_which_number(gateway):
    message = make_message(gateway, IN_DOUBT, reason=MAY_HAVE_ARRIVED())
    with time_machine.travel(NOON, tick=False):
        tell(gateway, "delivered", message)
        run_worker()
    message.refresh_from_db()
    assert (message.provider_id, message.sent_at, message.delivered_at, message.reason) == (SID, NOON, NOON, NONE)


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "delivered")])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_order_of_receipts_does_not_matter(gateway, order, at_once):
    message = make_message(gateway)
    for status in order:
        tell(gateway, status, message)
        if not at_once:
            run_worker()
    run_worker()
    message.refresh_from_db()
    assert message.state == DELIVERED
    assert Receipt.objects.count() == len(set(order))


def test_a_receipt_waits_until_the_sending_is_recorded(gateway):
    message = make_message(gateway, SENDING)
    with time_machine.travel(NOON, tick=False) as clock:
        tell(gateway, "delivered", message)
        run_worker()
        message.refresh_from_db()
        assert (message.state, Receipt.objects.count()) == (SENDING, 0)
        Message.objects.update(state=SENT, provider_id=SID, sent_at=NOON)
        clock.shift(3)
        run_worker()
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == (DELIVERED, NOON)
    assert Receipt.objects.count() == 1


def test_a_number_that_nobody_knows_yet_is_waited_for_and_kept_in_the_end(gateway):
    with time_machine.travel(NOON, tick=False) as clock:
        tell(gateway, "delivered")
        run_worker()
        assert not Receipt.objects.exists()
        clock.shift(61)
        run_worker()
    receipt = Receipt.objects.get()
    assert (receipt.message, receipt.provider_id, receipt.received_at) == (None, SID, NOON)


def test_a_receipt_about_a_message_of_another_gateway_changes_nothing(gateway):
    message = make_message(make_gateway("sandbox_sms"))
    tell(gateway, "failed", message)
    run_worker()
    message.refresh_from_db()
    assert message.state == SENT
    assert Receipt.objects.get().message == message


def test_a_copy_that_failed_says_nothing_about_the_one_that_went(gateway):
    message = make_message(gateway, provider_id="SM" + "2c" * 16)
    tell(gateway, "failed", message)
    run_worker()
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (SENT, "SM" + "2c" * 16)


def test_one_call_that_cannot_be_read_does_not_hold_up_the_others(gateway):
    message = make_message(gateway)
    tell(gateway, "dancing", message)
    tell(gateway, "delivered", message)
    run_worker()
    message.refresh_from_db()
    assert message.state == DELIVERED
    problems = HookEvent.objects.exclude(handled_at=None).order_by("pk").values_list("problem", flat=True)
    assert list(map(str, problems)) == ["Twilio's status “dancing” of a message is not known.", ""]


def test_strange_characters_and_lengths_do_no_harm(gateway):
    tell(gateway, "failed", sid="SM\0" + "x" * 300, code="9" * 80)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        run_worker()
    receipt = Receipt.objects.get()
    assert (len(receipt.provider_id), len(receipt.code)) == (255, 50)


def test_the_number_of_queries_grows_slowly_with_the_number_of_receipts(gateway, django_assert_max_num_queries):
    messages = [make_message(gateway, provider_id=f"SM{number:032x}") for number in range(50)]
    for message in messages:
        tell(gateway, "delivered", message, sid=message.provider_id)
    with django_assert_max_num_queries(100):
        run_worker()
    assert Message.objects.filter(state=DELIVERED).count() == 50


def test_a_message_tells_twilio_where_to_call(settings):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        message = make_message(gateway, QUEUED)
        run_worker()
        assert twilio.messages[0]["StatusCallback"] == f"{PUBLIC}/hooks/{gateway.hook_key}/?message={message.key}"
        settings.PUBLIC_URL = ""
        Gateway.objects.update(changed_at=timezone.now())
        make_message(Gateway.objects.get(), QUEUED)
        run_worker()
        assert "StatusCallback" not in twilio.messages[1]


def test_the_messages_page_shows_what_the_provider_said_afterwards(gateway, client):
    message = make_message(gateway)
    tell(gateway, "undelivered", message, code="30005")
    run_worker()
    client.force_login(make_user(is_superuser=True))
    page = client.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()
    assert "What the provider said afterwards" in page
    assert "30005" in page


def test_a_fault_of_the_account_that_only_a_receipt_tells_stops_the_gateway(gateway):
    Gateway.objects.update(paused_at=None)
    gateway.refresh_from_db()
    message = make_message(gateway)
    tell(gateway, "failed", message, code="30002")
    run_worker()
    message.refresh_from_db()
    gateway.refresh_from_db()
    assert (message.state, str(gateway.pause_reason)) == (FAILED, "The Twilio account is suspended.")
