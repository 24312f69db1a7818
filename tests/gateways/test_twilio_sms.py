"""Twilio's adapter against a server that speaks Twilio's contract."""

import asyncio
import datetime
import socket

import pytest
from django.utils import timezone

from messaging.gateways.adapters import Accepted, Fault, Outcome, Parcel, Refused, Unknown
from messaging.gateways.adapters.twilio.sms import TwilioSms
from tests.gateways.twilio_server import CUT_RECIPIENT, SILENT_RECIPIENT, TwilioServer

ALICE = "+48501234567"


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


def make_parcel(to: str = ALICE, **changes) -> Parcel:
    return Parcel(**{"key": "1", "channel": "sms", "to": to, "body": "Zamówienie A-17 wyjechało", **changes})


def send(config: dict[str, str], *parcels: Parcel, timeout: float = 5) -> list[Outcome]:
    """The outcomes of parcels sent at the same time through one adapter, as the engine does."""

    async def send_all() -> list[Outcome]:
        adapter = TwilioSms(config, timeout)
        try:
            return await asyncio.gather(*(adapter.send(parcel) for parcel in parcels))
        finally:
            await adapter.close()

    return asyncio.run(send_all())


def test_it_hands_over_the_text_and_keeps_the_providers_number(twilio):
    [outcome] = send(twilio.config(), make_parcel())
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id.startswith("SM")
    assert twilio.requests == [{"To": ALICE, "From": "+15005550006", "Body": "Zamówienie A-17 wyjechało"}]


def test_it_uses_a_messaging_service_instead_of_a_sender(twilio):
    service = "MG" + "1b" * 16
    [outcome] = send(twilio.config(sender="", messaging_service_sid=service), make_parcel())
    assert isinstance(outcome, Accepted)
    assert twilio.requests[0]["MessagingServiceSid"] == service
    assert "From" not in twilio.requests[0]


@pytest.mark.parametrize(("seconds", "asked"), [(600, 600), (1, 5), (-60, 5), (90_000, 36_000)])
def test_it_tells_twilio_until_when_the_message_makes_sense(twilio, time_machine, seconds, asked):
    time_machine.move_to(timezone.now(), tick=False)
    send(twilio.config(), make_parcel(expires_at=timezone.now() + datetime.timedelta(seconds=seconds)))
    assert twilio.requests[0]["ValidityPeriod"] == str(asked)


@pytest.mark.parametrize(
    ("to", "code", "permanent", "fault"),
    [
        ("+15005550001", "21211", True, Fault.RECIPIENT),
        ("+15005550002", "21612", True, Fault.US),
        ("+15005550003", "21408", True, Fault.US),
        ("+15005550004", "21610", True, Fault.RECIPIENT),
        ("+15005550009", "21614", True, Fault.RECIPIENT),
        ("+15005550016", "29999", True, Fault.UNKNOWN),
    ],
)
def test_it_says_whose_fault_a_refusal_is(twilio, to, code, permanent, fault):
    [outcome] = send(twilio.config(), make_parcel(to))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent, outcome.fault) == (code, permanent, fault)
    assert not outcome.pauses_gateway
    assert str(outcome.reason)
    assert twilio.messages == []


@pytest.mark.parametrize(
    ("to", "is_dead", "opted_out"),
    [
        ("+15005550001", True, False),
        ("+15005550002", False, False),
        ("+15005550004", False, True),
        ("+15005550009", True, False),
        ("+15005550016", False, False),
    ],
)
def test_it_knows_which_numbers_are_dead_and_who_has_opted_out(twilio, to, is_dead, opted_out):
    [outcome] = send(twilio.config(), make_parcel(to))
    assert isinstance(outcome, Refused)
    assert (outcome.is_address_dead, outcome.opted_out) == (is_dead, opted_out)


def test_it_repeats_later_what_twilio_was_too_busy_for(twilio):
    [outcome] = send(twilio.config(), make_parcel("+15005550011"))
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.retry_after, outcome.fault) == (False, 7, Fault.PROVIDER)


def test_it_does_without_a_hint_when_to_repeat():
    with TwilioServer(retry_after=None) as twilio:
        [outcome] = send(twilio.config(), make_parcel("+15005550011"))
    assert isinstance(outcome, Refused)
    assert outcome.retry_after is None


@pytest.mark.parametrize("to", ["+15005550012", "+15005550015", CUT_RECIPIENT])
def test_it_is_in_doubt_when_the_answer_says_nothing(twilio, to):
    [outcome] = send(twilio.config(), make_parcel(to))
    assert isinstance(outcome, Unknown)
    assert len(twilio.requests) == 1


def test_it_is_in_doubt_when_no_answer_comes_in_time():
    with TwilioServer(silence=1.5) as twilio:
        [outcome] = send(twilio.config(), make_parcel(SILENT_RECIPIENT), timeout=1)
    assert isinstance(outcome, Unknown)


def test_it_knows_that_an_unreachable_provider_took_nothing():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but not listening
        config = TwilioServer().config(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        [outcome] = send(config, make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault, outcome.pauses_gateway) == (False, Fault.PROVIDER, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"auth_token": "wrong"},
        {"account_sid": "AC" + "ff" * 16},
        {"account_sid": "AC-not-a-sid"},
        {"sender": "+15005550001"},
        {"sender": "+15005550007"},
    ],
)
def test_it_stops_the_gateway_when_the_account_is_at_fault(twilio, changes):
    [outcome] = send(twilio.config(**changes), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.pauses_gateway, outcome.permanent, outcome.fault) == (True, False, Fault.US)


def test_it_sends_hundreds_at_the_same_time():
    with TwilioServer(delay=0.2) as twilio:
        outcomes = send(twilio.config(), *(make_parcel(f"+4850123{number:04}") for number in range(300)), timeout=10)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len({outcome.provider_id for outcome in outcomes}) == 300
    assert len(twilio.messages) == 300


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account_sid": "SK" + "0a" * 16}, "account_sid"),
        ({"messaging_service_sid": "MG1"}, "messaging_service_sid"),
        ({"sender": ""}, "sender"),
        ({"sender": "Żółta Łódź"}, "sender"),
        ({"sender": "a name too long"}, "sender"),
        ({"sender": "501 234 567"}, "sender"),
    ],
)
def test_it_refuses_fields_that_cannot_work(changes, field):
    assert list(TwilioSms.find_faults({**TwilioServer().config(), **changes})) == [field]


@pytest.mark.parametrize("sender", ["+48501234567", "Kwiaty 24", "70555", "24 h"])
def test_it_takes_every_kind_of_sender(sender):
    assert TwilioSms.find_faults(TwilioServer().config(sender=sender)) == {}
