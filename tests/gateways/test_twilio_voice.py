"""Twilio's adapter for calls against a server that speaks Twilio's contract."""

import asyncio
import datetime
from pathlib import Path

import pytest

from locations.values.reasons import Reason
from messaging.gateways.adapters import (
    Accepted,
    Fault,
    HookRequest,
    Outcome,
    Parcel,
    ReceiptNews,
    ReceiptStatus,
    Refused,
    Unknown,
)
from messaging.gateways.adapters.twilio.voice import VOICES, TwilioVoice
from tests.gateways.twilio_server import SENDER, TwilioServer

PAYLOADS = Path(__file__).parent / "payloads"
KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"
ALICE = "+48501234567"
HOOK = "https://shop.example/hooks/k/"


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


def make_parcel(to: str = ALICE, **changes) -> Parcel:
    return Parcel(**{"key": KEY, "channel": "voice", "to": to, "body": "Zamówienie A-17 już jedzie", **changes})


def send(config: dict[str, str], parcel: Parcel, hook_url: str = "") -> Outcome:
    async def send_and_close() -> Outcome:
        adapter = TwilioVoice(config, 5, hook_url)
        try:
            return await adapter.send(parcel)
        finally:
            await adapter.close()

    return asyncio.run(send_and_close())


def fetch(config: dict[str, str], *numbers: str) -> list[ReceiptNews]:
    async def fetch_and_close() -> list[ReceiptNews]:
        adapter = TwilioVoice(config, 5)
        try:
            calls = await adapter.fetch_receipts(list(numbers))
            return [news for call in calls for news in adapter.read_hook(call)]
        finally:
            await adapter.close()

    return asyncio.run(fetch_and_close())


def test_it_has_the_text_read_by_a_voice_of_the_language(twilio):
    outcome = send(twilio.config(language="pl-PL"), make_parcel(), HOOK)
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id.startswith("CA")
    [call] = twilio.messages
    assert (call["To"], call["From"], call["Timeout"]) == (ALICE, SENDER, "45")
    assert call["StatusCallback"] == f"{HOOK}?message={KEY}"
    words = '<Say language="pl-PL" voice="Polly.Ewa">Zamówienie A-17 już jedzie</Say>'
    assert call["Twiml"] == f'<?xml version="1.0" encoding="UTF-8"?><Response>{words}</Response>'


def test_it_uses_the_voice_that_was_chosen(twilio):
    send(twilio.config(language="pl-PL", voice="Polly.Jacek"), make_parcel())
    assert 'voice="Polly.Jacek"' in twilio.messages[0]["Twiml"]
    assert "StatusCallback" not in twilio.messages[0]


def test_a_text_cannot_bring_in_commands(twilio):
    send(twilio.config(), make_parcel(body="</Say><Dial>+15005550009</Dial> & <Say>"))
    assert "<Dial>" not in twilio.messages[0]["Twiml"]
    assert "&lt;Dial&gt;" in twilio.messages[0]["Twiml"]


def test_a_text_that_is_too_long_is_refused(twilio):
    outcome = send(twilio.config(), make_parcel(body="x" * 4000))
    assert outcome == Refused(Reason("twilio.too_long_to_say"), True, Fault.US)
    assert twilio.requests == []


@pytest.mark.parametrize(
    ("to", "code", "permanent", "fault"),
    [
        ("+15005550001", "21217", True, Fault.RECIPIENT),
        ("+15005550003", "21215", True, Fault.US),
        ("+15005550011", "20429", False, Fault.PROVIDER),
    ],
)
def test_it_says_whose_fault_a_refusal_is(twilio, to, code, permanent, fault):
    outcome = send(twilio.config(), make_parcel(to))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent, outcome.fault) == (code, permanent, fault)


def test_it_is_in_doubt_when_twilio_had_a_fault(twilio):
    assert isinstance(send(twilio.config(), make_parcel("+15005550012")), Unknown)


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("twilio_call_completed", ReceiptStatus.DELIVERED, ""),
        ("twilio_call_no_answer", ReceiptStatus.FAILED, "Nobody took the call."),
    ],
)
def test_it_reads_how_a_call_went(name, status, sentence):
    body = (PAYLOADS / f"{name}.form").read_bytes()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    [news] = TwilioVoice.read_hook(HookRequest(f"{HOOK}?message={KEY}", "POST", body, headers))
    assert (news.status, news.message_key, news.provider_id) == (status, KEY, "CA" + "3d" * 16)
    assert str(news.reason) == sentence


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("ringing", ReceiptStatus.SENT),
        ("completed", ReceiptStatus.DELIVERED),
        ("busy", ReceiptStatus.FAILED),
        ("canceled", ReceiptStatus.FAILED),
    ],
)
def test_it_asks_how_a_call_went(twilio, shown, status):
    sid = send(twilio.config(), make_parcel()).provider_id
    twilio.kept[sid] |= {"status": shown, "end_time": "Mon, 02 Mar 2026 12:00:30 +0000"}
    [news] = fetch(twilio.config(), sid)
    at = datetime.datetime(2026, 3, 2, 12, 0, 30, tzinfo=datetime.UTC)
    assert (news.status, news.provider_id, news.at) == (status, sid, at)


def test_it_hands_on_a_state_it_does_not_know_as_a_call_to_be_looked_at(twilio):
    sid = send(twilio.config(), make_parcel()).provider_id
    twilio.kept[sid]["status"] = "dancing"
    [unclear] = fetch(twilio.config(), sid)
    assert str(unclear.reason) == "Twilio's status “dancing” of a call is not known."


@pytest.mark.parametrize(
    ("changes", "field"), [({"sender": "Shop"}, "sender"), ({"sender": ""}, "sender"), ({"voice": "<Say>"}, "voice")]
)
def test_it_refuses_fields_that_cannot_work(changes, field):
    assert list(TwilioVoice.find_faults({**TwilioServer().config(), **changes})) == [field]


def test_each_language_that_can_be_chosen_has_a_voice():
    [languages] = [field.choices for field in TwilioVoice.fields if field.name == "language"]
    assert {language for language, _label in languages} == set(VOICES)
