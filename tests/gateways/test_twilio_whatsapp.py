"""WhatsApp by Twilio: `whatsapp:` before both numbers, the window of 24 hours, media."""

import asyncio
import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from django.utils import timezone

from messaging.gateways.adapters import (
    Accepted,
    Command,
    HookRequest,
    InboundNews,
    MediaRefused,
    NotFound,
    NotUnderstood,
    Parcel,
    ReceiptStatus,
)
from messaging.gateways.adapters.twilio.sms import TwilioSms
from messaging.gateways.adapters.twilio.whatsapp import TwilioWhatsApp
from tests.gateways.twilio_server import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioServer

ALICE = "+48501234567"
SID = "SM" + "0b" * 16


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


def use(twilio: TwilioServer, method: str, *arguments: Any) -> Any:
    async def call() -> Any:
        adapter = TwilioWhatsApp(twilio.config(), 5)
        try:
            return await getattr(adapter, method)(*arguments)
        finally:
            await adapter.close()

    return asyncio.run(call())


def make_parcel(**changes: Any) -> Parcel:
    return Parcel(**{"key": "1", "channel": "chat", "to": ALICE, "body": "Kurier jedzie", **changes})


def call(adapter_class: type[TwilioSms] = TwilioWhatsApp, **fields: str) -> list[Any]:
    form = {"MessageSid": SID, "From": f"whatsapp:{ALICE}", "To": f"whatsapp:{SENDER}", "SmsStatus": "received"}
    body = urlencode({**form, "Body": "Halo", **fields}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return adapter_class.read_hook(HookRequest("https://shop.example/hooks/k/", "POST", body, headers))


def test_both_numbers_have_the_channel_before_them(twilio):
    soon = timezone.now() + datetime.timedelta(minutes=10)
    assert isinstance(use(twilio, "send", make_parcel(expires_at=soon)), Accepted)
    assert twilio.requests == [{"To": f"whatsapp:{ALICE}", "From": f"whatsapp:{SENDER}", "Body": "Kurier jedzie"}]


def test_a_doubt_is_looked_up_by_the_same_address(twilio):
    parcel = make_parcel()
    assert isinstance(use(twilio, "look_up", parcel, timezone.now()), NotFound)
    use(twilio, "send", parcel)
    assert isinstance(use(twilio, "look_up", parcel, timezone.now()), Accepted)


def test_what_a_customer_writes_is_read_without_the_channel():
    [news] = call(ProfileName="Alicja", WaId="48501234567")
    assert news == InboundNews(sender=ALICE, to=SENDER, text="Halo", provider_id=SID, name="Alicja")


def test_a_message_of_the_other_kind_is_kept_with_its_reason():
    with pytest.raises(NotUnderstood, match="the other one"):
        call(From=ALICE)
    with pytest.raises(NotUnderstood, match="the other one"):
        call(TwilioSms)


@pytest.mark.parametrize(("said", "command"), [("STOP", Command.STOP), ("START", Command.START), ("HELP", None)])
def test_what_twilio_acted_on_is_passed_on(said, command):
    [news] = call(OptOutType=said)
    assert news.command == command


@pytest.mark.parametrize("status", ["delivered", "read"])
def test_read_means_that_it_arrived(status):
    [news] = call(SmsStatus="", MessageStatus=status)
    assert news.status == ReceiptStatus.DELIVERED


def test_what_came_after_24_hours_says_so_in_words():
    [news] = call(SmsStatus="", MessageStatus="undelivered", ErrorCode="63016")
    assert (news.status, news.code) == (ReceiptStatus.FAILED, "63016")
    assert "24 hours" in str(news.reason)


def test_files_are_named_and_fetched_without_showing_the_password_to_the_storage(twilio):
    url = twilio.media_url("ME1")
    [news] = call(NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg")
    assert [(file.reference, file.name) for file in news.files] == [(url, "file.jpg")]
    twilio.media["ME1"] = b"abc"
    assert use(twilio, "fetch_media", url).content == b"abc"
    (_first, shown), (_second, hidden) = twilio.media_asked
    assert shown == aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)
    assert hidden == ""


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://api.twilio.com/x", "file:///etc/passwd", "x"])
def test_a_file_that_lies_elsewhere_is_not_fetched(twilio, url):
    with pytest.raises(MediaRefused):
        use(twilio, "fetch_media", url)
    assert twilio.media_asked == []


def test_a_file_that_is_gone_is_refused(twilio):
    with pytest.raises(MediaRefused):
        use(twilio, "fetch_media", twilio.media_url("ME2"))


@pytest.mark.parametrize("sender", ["", "Shop", "501 234 567"])
def test_the_sender_is_a_number(sender):
    assert list(TwilioWhatsApp.find_faults(TwilioServer().config(sender=sender))) == ["sender"]
