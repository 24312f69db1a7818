"""The door through which providers call: what is genuine is kept as it came, everything else leaves nothing."""

from pathlib import Path

import pytest
from django.test import Client
from twilio.request_validator import RequestValidator

from messaging.gateways.models import Gateway, HookEvent
from tests.gateways.twilio_server import AUTH_TOKEN, TwilioServer
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
PUBLIC = "https://shop.example"
DELIVERED = (Path(__file__).parent / "payloads" / "twilio_delivered.form").read_bytes()


@pytest.fixture(autouse=True)
def public_site(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def gateway() -> Gateway:
    return make_gateway("twilio_sms", config=TwilioServer().config())


def call(client: Client, gateway: Gateway, body: bytes = DELIVERED, query: str = "?message=1", **changes):
    """Calls the hook as Twilio does, through a proxy that turns the public address into another one."""
    path = f"/hooks/{gateway.hook_key}/{query}"
    fields = dict(pair.split("=", 1) for pair in body.decode().replace("%2B", "+").split("&"))
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC + path, fields)
    headers = {"X-Twilio-Signature": changes.pop("signature", signature), "Host": "localhost"}
    return client.post(path, body, content_type=FORM, headers=headers, **changes)


def test_it_keeps_a_call_as_it_came(client, gateway):
    answer = call(client, gateway)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"<Response/>", "text/xml")
    event = HookEvent.objects.get()
    assert (event.gateway, bytes(event.body), event.handled_at) == (gateway, DELIVERED, None)
    assert event.url == f"{PUBLIC}/hooks/{gateway.hook_key}/?message=1"
    assert event.headers == {"content-type": FORM}
    gateway.refresh_from_db()
    assert gateway.hook_called_at == event.received_at


def test_the_same_call_twice_is_kept_once(client, gateway):
    assert [call(client, gateway).status_code for _time in range(2)] == [200, 200]
    assert HookEvent.objects.count() == 1
    call(client, gateway, query="?message=2")
    assert HookEvent.objects.count() == 2


def test_another_gateway_may_be_told_the_same(client, gateway):
    other = make_gateway("twilio_sms", config=TwilioServer().config())
    call(client, gateway)
    call(client, other)
    assert HookEvent.objects.count() == 2


@pytest.mark.parametrize("signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_wrong_signature_leaves_nothing(client, gateway, signature):
    assert call(client, gateway, signature=signature).status_code == 403
    assert not HookEvent.objects.exists()
    gateway.refresh_from_db()
    assert gateway.hook_called_at is None


def test_it_does_not_ask_a_provider_for_a_token_against_forgery(gateway):
    assert call(Client(enforce_csrf_checks=True), gateway).status_code == 200


def test_an_unknown_key_is_not_found(client, gateway):
    assert client.post("/hooks/guessed/", DELIVERED, content_type=FORM).status_code == 404
    assert client.get("/hooks/").status_code == 404


def test_a_gateway_that_is_never_called_has_no_door(client):
    for adapter in ("sandbox_sms", "smtp"):
        assert client.post(f"/hooks/{make_gateway(adapter).hook_key}/").status_code == 404


def test_it_takes_no_more_than_64_kilobytes(client, gateway):
    assert call(client, gateway, b"Body=" + b"x" * 65_536).status_code == 413
    assert client.get(f"/hooks/{gateway.hook_key}/?a={'x' * 65_536}").status_code == 413
    assert not HookEvent.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "head", "options"])
def test_other_methods_are_not_allowed(client, gateway, method):
    assert getattr(client, method)(f"/hooks/{gateway.hook_key}/").status_code == 405


def test_a_call_comes_again_when_the_credentials_cannot_be_read(client, gateway, settings):
    settings.CREDENTIALS_KEYS = ["another key"]
    assert call(client, gateway).status_code == 503
    assert not HookEvent.objects.exists()


def test_without_a_public_address_the_one_that_was_called_counts(client, gateway, settings):
    settings.PUBLIC_URL = ""
    path = f"/hooks/{gateway.hook_key}/"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(f"http://localhost{path}", {"MessageSid": "SM1"})
    headers = {"X-Twilio-Signature": signature, "Host": "localhost"}
    assert client.post(path, b"MessageSid=SM1", content_type=FORM, headers=headers).status_code == 200


def test_each_gateway_has_a_key_of_its_own():
    keys = {make_gateway("sandbox_sms").hook_key for _number in range(3)}
    assert len(keys) == 3
    assert min(map(len, keys)) == 32
