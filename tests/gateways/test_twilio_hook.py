"""Twilio's calls to us: genuine or not, and what they say."""

import base64
import hashlib
import hmac
from pathlib import Path
from urllib.parse import urlencode

import pytest

from messaging.gateways.adapters import (
    Fault,
    HookRequest,
    InboundNews,
    News,
    NotUnderstood,
    ReceiptNews,
    ReceiptStatus,
    Unclear,
)
from messaging.gateways.adapters.twilio.sms import TwilioSms
from messaging.gateways.reasons import UNKNOWN_STATUS
from tests.gateways.twilio_server import TwilioServer

PAYLOADS = Path(__file__).parent / "payloads"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
# What Twilio publishes with its clients.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
JSON = b'{"property": "value", "boolean": true}'
JSON_URL = f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_SIGNATURE = "a9nBmqA0ju/hNViExpshrM61xv4="


def is_genuine(call: HookRequest, **changes: str) -> bool:
    config = TwilioServer().config(auth_token=TOKEN, **changes)
    return TwilioSms(config, 5).verify_hook(call)


def make_call(signature: str = SIGNATURE, **changes) -> HookRequest:
    headers = {"content-type": FORM, "x-twilio-signature": signature}
    fields = {"url": URL, "method": "POST", "body": urlencode(FIELDS).encode(), "headers": headers}
    return HookRequest(**{**fields, **changes})


def make_status_call(name: str, url: str = "https://shop.example/hooks/k/?message=our-key") -> HookRequest:
    return HookRequest(url, "POST", (PAYLOADS / f"{name}.form").read_bytes(), {"content-type": FORM})


def test_it_knows_twilios_published_signature():
    assert is_genuine(make_call())


@pytest.mark.parametrize("url", [URL.replace("mycompany.com", "mycompany.com:443"), URL])
def test_a_port_makes_no_difference(url):
    assert is_genuine(make_call(url=url))


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "RSOYDt4T1cUTdK1PDd93/VVr8B9="},
        {"signature": ""},
        {"signature": "не подпись"},
        {"headers": {"content-type": FORM}},
        {"url": URL.replace("https", "http")},
        {"url": URL + "&more=1"},
        {"body": urlencode({**FIELDS, "Digits": "1235"}).encode()},
        {"body": urlencode({**FIELDS, "More": ""}).encode()},
        {"body": b""},
    ],
)
def test_it_believes_nothing_else(changes):
    assert not is_genuine(make_call(**changes))


def test_it_knows_the_published_signature_of_a_body_that_is_no_form():
    headers = {"content-type": "application/json", "x-twilio-signature": JSON_SIGNATURE}
    assert is_genuine(make_call(url=JSON_URL, body=JSON, headers=headers))
    assert not is_genuine(make_call(url=JSON_URL, body=JSON + b" ", headers=headers))
    assert not is_genuine(make_call(url=URL, body=JSON, headers=headers))


def test_it_knows_a_signature_with_a_shared_key():
    text = URL + "".join(name + value for name, value in sorted(FIELDS.items()))
    signature = base64.b64encode(hmac.new(b"shared", text.encode(), hashlib.sha256).digest()).decode()
    headers = {"content-type": FORM, "x-twilio-signature": signature}
    algorithm = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    assert is_genuine(make_call(headers={**headers, **algorithm}), hook_secret="shared")
    assert not is_genuine(make_call(headers=headers), hook_secret="shared")
    assert not is_genuine(make_call(headers={**headers, **algorithm}))


def test_it_takes_both_tokens_while_they_change():
    config = TwilioServer().config(auth_token="new token", hook_secret=TOKEN)
    assert TwilioSms(config, 5).verify_hook(make_call())


def test_it_reads_that_a_message_arrived():
    [news] = TwilioSms.read_hook(make_status_call("twilio_delivered"))
    assert news == ReceiptNews(ReceiptStatus.DELIVERED, message_key="our-key", provider_id="SM" + "1b" * 16)


def test_it_reads_why_a_message_did_not_arrive():
    [news] = TwilioSms.read_hook(make_status_call("twilio_undelivered"))
    assert (news.status, news.code, news.fault) == (ReceiptStatus.FAILED, "30005", Fault.RECIPIENT)
    assert str(news.reason) == "The number is unknown or no longer in use."
    assert news.is_address_dead


def test_it_reads_what_a_customer_wrote():
    [news] = TwilioSms.read_hook(make_status_call("twilio_inbound", "https://shop.example/hooks/k/"))
    text = "Gdzie jest moje zamówienie?"
    assert news == InboundNews("+48501234567", "+15005550006", text, "SM" + "2c" * 16)


@pytest.mark.parametrize("body", [b"", b"MessageSid=SM1", b"\xff\x00=%ff%00"])
def test_it_says_what_it_cannot_read(body):
    with pytest.raises(NotUnderstood):
        read(body)


def test_a_status_that_nobody_knows_must_be_seen():
    assert read(b"MessageSid=SM1&MessageStatus=dancing") == [
        Unclear(UNKNOWN_STATUS(provider="Twilio", status="dancing"))
    ]


def read(body: bytes) -> list[News]:
    return TwilioSms.read_hook(HookRequest("https://shop.example/hooks/k/", "POST", body, {"content-type": FORM}))
