"""Connecting a gateway in the admin: only what the provider needs, secrets in and never out, the account checked."""

import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse

from locations.values.reasons import in_words
from messaging.gateways.models import Gateway
from tests.gateways.imap_server import ImapServer
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.twilio_server import ACCOUNT_SID, AUTH_TOKEN, TwilioServer
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/gateways/gateway/add/"
MAILBOX = ("imap_host", "imap_security", "imap_port", "imap_username", "imap_password")


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


def form_of(config: dict[str, str], **own: str) -> dict[str, str]:
    """What a browser posts: on, the usual numbers, and the provider's fields."""
    common = {
        "name": "Main",
        "is_on": "on",
        "weight": "10",
        "rate_per_second": "",
        "concurrency": "64",
        "timeout_seconds": "5",
    }
    return {**common, **own, **{f"config_{name}": value for name, value in config.items()}}


def change_url(gateway: Gateway) -> str:
    return reverse("admin:gateways_gateway_change", args=[gateway.pk])


def test_it_begins_with_the_choice_of_a_provider(browser):
    page = browser.get(ADD).content.decode()
    for key in ("twilio_sms", "smtp", "sandbox_sms", "sandbox_email"):
        assert f'href="?adapter={key}"' in page
    assert "config_" not in page


def test_it_asks_only_for_what_the_provider_needs(browser):
    page = browser.get(f"{ADD}?adapter=smtp").content.decode()
    assert "config_host" in page
    assert "config_account_sid" not in page


def test_it_asks_again_which_provider_when_there_is_no_such_one(browser):
    assert 'href="?adapter=smtp"' in browser.get(f"{ADD}?adapter=pigeon").content.decode()


def test_it_connects_twilio(browser, twilio):
    response = browser.post(f"{ADD}?adapter=twilio_sms", form_of(twilio.config(), rate_per_second="20"), follow=True)
    gateway = Gateway.objects.get()
    assert (gateway.adapter, gateway.channel, gateway.rate_per_second) == ("twilio_sms", "sms", 20)
    assert gateway.config == twilio.config(messaging_service_sid="", hook_secret="")
    assert response.redirect_chain == [(change_url(gateway), 302)]
    assert "balance is 12.34 USD" in response.content.decode()


def test_it_connects_a_mail_server(browser):
    with SmtpServer() as server:
        config = server.config(username="", password="", reply_to="office@shop.example")
        response = browser.post(f"{ADD}?adapter=smtp", form_of(config), follow=True)
    gateway = Gateway.objects.get()
    assert (gateway.channel, gateway.config) == ("email", config | dict.fromkeys([*MAILBOX, "returns_to"], ""))
    assert "The mail server lets us in" in response.content.decode()


def test_it_connects_a_mailbox_whose_password_is_not_ascii(browser):
    with SmtpServer() as server, ImapServer(password="Zażółć gęślą jaźń") as imap:
        config = {"reply_to": "", "username": "", "password": "", **server.config(), **imap.config()}
        page = browser.post(f"{ADD}?adapter=smtp", form_of(config), follow=True).content.decode()
        assert "The mail server lets us in, and the mailbox is read every minute." in page
        wrong = form_of({**config, "imap_password": "Zażółć"}, name="Other")
        page = browser.post(f"{ADD}?adapter=smtp", wrong, follow=True).content.decode()
        assert "The mailbox does not know this user name with this password." in page


@pytest.mark.parametrize("adapter", ["sandbox_sms", "sandbox_email"])
def test_it_connects_the_sandbox_without_any_field(browser, adapter):
    browser.post(f"{ADD}?adapter={adapter}", form_of({}))
    assert Gateway.objects.get().is_sandbox


def test_it_says_at_once_that_the_account_is_wrong_and_keeps_what_was_written(browser, twilio):
    config = twilio.config(auth_token="wrong")
    response = browser.post(f"{ADD}?adapter=twilio_sms", form_of(config), follow=True)
    assert "Twilio does not know this Account SID with this Auth Token" in response.content.decode()
    assert Gateway.objects.get().config["auth_token"] == "wrong"


@pytest.mark.parametrize(
    ("adapter", "changes", "sentence"),
    [
        ("twilio_sms", {"account_sid": "AC1"}, "An Account SID is AC and 32 digits"),
        ("twilio_sms", {"sender": ""}, "Give a sender or a messaging service."),
        ("twilio_sms", {"auth_token": ""}, "This field is required."),
        ("twilio_sms", {"base_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ("smtp", {"host": "smtp example"}, "name only, like smtp.example.com"),
        ("smtp", {"host": "smtp..example.com"}, "name only, like smtp.example.com"),
        ("smtp", {"port": "eighty"}, "Enter a whole number."),
        ("smtp", {"port": "0"}, "A port is a number from 1 to 65535."),
        ("smtp", {"sender": "shop"}, "Enter a valid email address."),
        ("smtp", {"username": "shop", "password": ""}, "A user name needs a password"),
        ("smtp", {"security": "rot13"}, "Select a valid choice."),
    ],
)
def test_it_refuses_what_cannot_work_in_words(browser, adapter, changes, sentence):
    configs = {
        "twilio_sms": {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "sender": "Shop"},
        "smtp": {"host": "smtp.example.com", "port": "587", "security": "starttls", "sender": "a@shop.example"},
    }
    response = browser.post(f"{ADD}?adapter={adapter}", form_of({**configs[adapter], **changes}))
    assert sentence in response.content.decode()
    assert not Gateway.objects.exists()


@pytest.mark.parametrize(
    "own",
    [
        {"concurrency": "0"},
        {"concurrency": "5000"},
        {"rate_per_second": "0"},
        {"rate_per_second": "-1"},
        {"timeout_seconds": "0"},
        {"timeout_seconds": "900"},
    ],
)
def test_it_refuses_numbers_that_would_stop_the_engine(browser, own):
    response = browser.post(f"{ADD}?adapter=sandbox_sms", form_of({}, **own))
    assert "Write a number from" in response.content.decode()
    assert not Gateway.objects.exists()


def test_it_never_shows_or_logs_a_secret(browser, twilio, caplog):
    caplog.set_level(logging.DEBUG)
    pages = [browser.post(f"{ADD}?adapter=twilio_sms", form_of(twilio.config(), name=""))]
    pages.append(browser.post(f"{ADD}?adapter=twilio_sms", form_of(twilio.config()), follow=True))
    gateway = Gateway.objects.get()
    pages += [browser.get(change_url(gateway)), browser.get("/admin/gateways/gateway/")]
    pages.append(browser.get(f"{change_url(gateway).removesuffix('change/')}history/"))
    assert all(page.status_code == 200 for page in pages)
    assert not any(AUTH_TOKEN in page.content.decode() for page in pages)
    assert AUTH_TOKEN not in caplog.text
    assert not any(AUTH_TOKEN in entry.change_message for entry in LogEntry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM gateways_gateway")
        assert AUTH_TOKEN not in str(cursor.fetchall())


def test_an_empty_secret_keeps_the_old_one(browser, twilio):
    gateway = make_gateway("twilio_sms", config=twilio.config())
    browser.post(change_url(gateway), form_of(twilio.config(auth_token="", sender="Shop")))
    gateway.refresh_from_db()
    assert gateway.config == twilio.config(sender="Shop", messaging_service_sid="", hook_secret="")


def test_a_new_secret_replaces_the_old_one(browser, twilio):
    gateway = make_gateway("twilio_sms", config=twilio.config(auth_token="old"))
    browser.post(change_url(gateway), form_of(twilio.config()))
    gateway.refresh_from_db()
    assert gateway.config["auth_token"] == AUTH_TOKEN


def test_a_kept_secret_is_not_sent_to_a_new_address(browser, twilio):
    gateway = make_gateway("twilio_sms", config=twilio.config(base_url=""))
    response = browser.post(change_url(gateway), form_of(twilio.config(auth_token="")))
    assert "The address is a new one" in response.content.decode()
    gateway.refresh_from_db()
    assert gateway.config["base_url"] == ""


def test_credentials_of_a_lost_key_are_asked_for_again(browser, twilio, settings):
    gateway = make_gateway("twilio_sms", config=twilio.config())
    settings.CREDENTIALS_KEYS = ["another key"]
    assert browser.get(change_url(gateway)).status_code == 200
    refused = browser.post(change_url(gateway), form_of(twilio.config(auth_token="")))
    assert "This field is required." in refused.content.decode()
    browser.post(change_url(gateway), form_of(twilio.config()))
    gateway.refresh_from_db()
    assert gateway.config["auth_token"] == AUTH_TOKEN


def test_a_change_does_not_undo_what_a_worker_wrote_meanwhile(browser):
    gateway = make_gateway("sandbox_sms")
    permit = gateway.rate_full_at.replace(year=2030)

    def write_as_a_worker(**_event):
        Gateway.objects.update(pause_reason=in_words("no money"), rate_full_at=permit)

    pre_save.connect(write_as_a_worker, sender=Gateway)
    try:
        browser.post(change_url(gateway), form_of({}, name="Renamed"))
    finally:
        pre_save.disconnect(write_as_a_worker, sender=Gateway)
    gateway.refresh_from_db()
    assert (gateway.name, str(gateway.pause_reason), gateway.rate_full_at) == ("Renamed", "no money", permit)


def test_the_list_says_how_each_gateway_is(browser, twilio):
    make_gateway("twilio_sms", name="Paused one", config=twilio.config())
    Gateway.objects.update(paused_at="2026-01-01T00:00Z", pause_reason=in_words("The <b>account</b> is suspended."))
    make_gateway("sandbox_sms", name="Off one", is_on=False)
    page = browser.get("/admin/gateways/gateway/").content.decode()
    assert "The &lt;b&gt;account&lt;/b&gt; is suspended." in page
    assert ">paused</span>" in page
    assert ">off</span>" in page


def test_a_gateway_may_be_deleted(browser):
    gateway = make_gateway("sandbox_sms")
    browser.post(reverse("admin:gateways_gateway_delete", args=[gateway.pk]), {"post": "yes"})
    assert not Gateway.objects.exists()


def test_staff_without_permission_see_nothing(client, twilio):
    client.force_login(make_user())
    gateway = make_gateway("twilio_sms", config=twilio.config())
    assert client.get(f"{ADD}").status_code == 403
    assert client.get(f"{ADD}?adapter=smtp").status_code == 403
    assert client.get(change_url(gateway)).status_code == 403


def test_it_shows_where_the_provider_calls_us_and_whether_it_ever_did(browser, twilio, settings):
    gateway = make_gateway("twilio_sms", config=twilio.config())
    assert "the setting PUBLIC_URL" in browser.get(change_url(gateway)).content.decode()
    settings.PUBLIC_URL = "https://shop.example"
    page = browser.get(change_url(gateway)).content.decode()
    assert f"https://shop.example/hooks/{gateway.hook_key}/" in page
    assert "Never called yet." in page
    Gateway.objects.update(hook_called_at="2026-01-01T00:00Z")
    assert "Last called:" in browser.get(change_url(gateway)).content.decode()


def test_the_secret_address_is_for_those_who_may_change_the_gateway(client, twilio, settings):
    settings.PUBLIC_URL = "https://shop.example"
    gateway = make_gateway("twilio_sms", config=twilio.config())
    bob = make_user()
    bob.user_permissions.add(Permission.objects.get(codename="view_gateway"))
    client.force_login(bob)
    for address in (change_url(gateway), "/admin/gateways/gateway/"):
        assert gateway.hook_key not in client.get(address).content.decode()
