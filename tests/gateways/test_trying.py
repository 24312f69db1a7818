"""The buttons of a gateway's page: send a test message, check, resume."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from locations.values.reasons import NONE, in_words
from messaging.gateways.models import Gateway, SandboxDelivery
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user(is_superuser=True))
    return client


def press(browser: Client, word: str, gateway: Gateway, **data: str) -> str:
    """Presses a button and gives the page that follows."""
    address = reverse(f"admin:gateways_gateway_{word}", args=[gateway.pk])
    return browser.post(address, {"text": "Hello", **data}, follow=True).content.decode()


def test_a_test_message_goes_through_twilio(browser):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        page = press(browser, "test", gateway, to="+48 501 234 567")
    assert "The provider took the test message to +48501234567" in page
    assert twilio.messages == [{"To": "+48501234567", "From": "+15005550006", "Body": "Hello"}]


def test_a_test_call_goes_through_twilio(browser):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_voice", config=twilio.config(language="en-GB"))
        page = press(browser, "test", gateway, to="+48 501 234 567")
    assert "The provider took the test message to +48501234567" in page
    assert '<Say language="en-GB" voice="Polly.Amy">Hello</Say>' in twilio.messages[0]["Twiml"]


def test_a_refused_test_message_says_why(browser):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        page = press(browser, "test", gateway, to="+15005550004")
    assert "was not sent. The recipient has opted out (STOP)." in page


def test_a_test_message_in_doubt_says_so(browser):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        page = press(browser, "test", gateway, to="+15005550012")
    assert "It is not known whether the test message to +15005550012 was sent." in page


def test_a_test_letter_goes_through_the_mail_server(browser):
    with SmtpServer() as server:
        gateway = make_gateway("smtp", config=server.config())
        page = press(browser, "test", gateway, to="alice@example.com")
    assert "The provider took the test message to alice@example.com" in page
    assert [letter.get_content().strip() for letter in server.letters] == ["Hello"]


def test_a_mail_servers_own_words_are_shown_as_words(browser):
    with SmtpServer() as server:
        gateway = make_gateway("smtp", config=server.config())
        page = press(browser, "test", gateway, to="unknown@example.com")
    assert "550 5.1.1 No such mailbox" in page


def test_a_test_message_reaches_the_sandbox(browser):
    gateway = make_gateway("sandbox_sms")
    page = press(browser, "test", gateway, to="+48501234567")
    assert "The test message to +48501234567 has arrived." in page
    assert SandboxDelivery.objects.get().body == "Hello"


@pytest.mark.parametrize(
    ("adapter", "data", "sentence"),
    [
        ("sandbox_sms", {"to": "501 234"}, "Write the number with its country"),
        ("sandbox_sms", {"to": ""}, "This field is required."),
        ("sandbox_email", {"to": "alice"}, "Enter a valid email address."),
        ("sandbox_sms", {"to": "+48501234567", "text": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_wrong_address_or_text_is_refused_in_words(browser, adapter, data, sentence):
    gateway = make_gateway(adapter)
    assert sentence in press(browser, "test", gateway, **data)
    assert not SandboxDelivery.objects.exists()


def test_credentials_of_a_lost_key_are_said_so(browser, settings):
    gateway = make_gateway("twilio_sms", config=TwilioServer().config())
    settings.CREDENTIALS_KEYS = ["another key"]
    assert "were encrypted with another key" in press(browser, "test", gateway, to="+48501234567")
    assert "were encrypted with another key" in press(browser, "check", gateway)


def test_a_check_says_that_nobody_answers(browser):
    with TwilioServer() as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        assert "Twilio knows the account" in press(browser, "check", gateway)
    assert "Twilio could not be reached." in press(browser, "check", gateway)


def test_a_check_says_that_the_password_is_wrong(browser, monkeypatch):
    with SmtpServer(requires_login=True) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        gateway = make_gateway("smtp", config=server.config(password="wrong"))
        assert "refused the user name or password" in press(browser, "check", gateway)


def test_a_failed_check_is_kept_as_a_reason_with_what_to_do(browser, monkeypatch):
    with SmtpServer(requires_login=True) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        gateway = make_gateway("smtp", config=server.config(password="wrong"))
        page = press(browser, "check", gateway)
    gateway.refresh_from_db()
    assert gateway.last_error.code == "smtp.login_refused"
    assert "What to do: Enter the user name and password" in page


def test_a_paused_gateway_is_resumed(browser):
    gateway = make_gateway("sandbox_sms", paused_at=timezone.now(), pause_reason=in_words("no money"))
    assert "sends again" in press(browser, "resume", gateway)
    gateway.refresh_from_db()
    assert (gateway.paused_at, gateway.pause_reason) == (None, NONE)


def test_a_resumed_gateway_that_rests_says_until_when(browser):
    until = timezone.now().replace(microsecond=0) + datetime.timedelta(minutes=7)
    gateway = make_gateway(paused_at=timezone.now(), pause_reason=in_words("No credit."), resting_until=until)
    said = press(browser, "resume", gateway)
    assert "sends again" not in said
    assert f"is resumed. It rests until {timezone.localtime(until):%H:%M:%S}" in said


@pytest.mark.parametrize("word", ["test", "check", "resume"])
def test_buttons_work_by_post_and_with_permission_only(client, browser, word):
    gateway = make_gateway("sandbox_sms", paused_at=timezone.now())
    address = reverse(f"admin:gateways_gateway_{word}", args=[gateway.pk])
    assert browser.get(address).status_code == 405
    bob = make_user()
    bob.user_permissions.add(Permission.objects.get(codename="view_gateway"))
    client.force_login(bob)
    assert client.post(address, {"to": "+48501234567", "text": "Hello"}).status_code == 403
    assert not SandboxDelivery.objects.exists()
    assert Gateway.objects.get().paused_at


def test_who_may_only_look_gets_no_buttons_and_no_credentials(client):
    gateway = make_gateway("twilio_sms", config=TwilioServer().config(), paused_at=timezone.now())
    bob = make_user()
    bob.user_permissions.add(Permission.objects.get(codename="view_gateway"))
    client.force_login(bob)
    page = client.get(reverse("admin:gateways_gateway_change", args=[gateway.pk])).content.decode()
    assert "Send a test message" not in page
    assert "Resume" not in page
    assert TwilioServer().config()["account_sid"] not in page
