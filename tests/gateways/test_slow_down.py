"""What each provider says when it is asked too much, through its adapter and from a server that speaks its contract."""

import asyncio
import datetime
import json
from email.utils import format_datetime
from typing import Any

import pytest

from messaging.gateways.adapters import Fault, Outcome, Parcel, Refused
from messaging.gateways.adapters.email.smtp import Smtp
from messaging.gateways.adapters.http import Answer
from messaging.gateways.adapters.retry_after import LONGEST
from messaging.gateways.adapters.serwersms.sms import SerwerSms
from messaging.gateways.adapters.smsapi.sms import SmsApi
from messaging.gateways.adapters.telegram.bot import Telegram
from messaging.gateways.adapters.telegram.updates import read_answer
from messaging.gateways.adapters.twilio.sms import TwilioSms
from tests.gateways import serwersms_server, smsapi_server, telegram_server, twilio_server
from tests.gateways.smtp_server import SLOWER, SmtpServer

MONDAY = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


def ask(server_class: type, adapter_class: type, to: str, **server_options: Any) -> Outcome:
    async def send(config: dict[str, str]) -> Outcome:
        adapter = adapter_class(config, 5)
        try:
            return await adapter.send(Parcel("7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d", "sms", to, "Hello", "Hello"))
        finally:
            await adapter.close()

    with server_class(**server_options) as server:
        return asyncio.run(send(server.config()))


SMSAPI, SERWER = (smsapi_server.SmsApiServer, SmsApi), (serwersms_server.SerwerSmsServer, SerwerSms)
TWILIO, TELEGRAM = (twilio_server.TwilioServer, TwilioSms), (telegram_server.TelegramServer, Telegram)


@pytest.mark.parametrize(
    ("provider", "to", "code", "slows", "retry_after"),
    [
        (SMSAPI, "+48500000052", "52", "recipient", 60),
        (SMSAPI, "+48500000202", "202", "gateway", None),
        (SMSAPI, "+48500000203", "203", "gateway", None),
        (SMSAPI, f"+{smsapi_server.HURRIED}", "203", "gateway", 9),
        (SERWER, serwersms_server.HURRIED, "429", "gateway", 9),
        (TELEGRAM, telegram_server.HURRIED, "429", "recipient", 5),
        (TWILIO, "+15005550011", "20429", "gateway", 7),
        (TWILIO, "+15005550018", "14107", "recipient", 30),
        (TWILIO, "+15005550017", "63038", "gateway", 3600),  # until the next day, whatever Retry-After says
    ],
)
def test_it_says_whether_all_or_one_recipient_is_meant_and_how_long(provider, to, code, slows, retry_after):
    outcome = ask(*provider, to)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.slows, outcome.retry_after) == (code, slows, retry_after)
    assert not outcome.permanent
    assert not outcome.pauses_gateway
    assert not outcome.is_address_dead


def test_a_full_queue_of_the_sender_is_no_fault_of_the_message():
    with twilio_server.TwilioServer() as twilio:
        adapter = TwilioSms(twilio.config(sender="+15005550008"), 5)

        async def send() -> Outcome:
            try:
                return await adapter.send(Parcel("1", "sms", "+48501234567", "Hello"))
            finally:
                await adapter.close()

        outcome = asyncio.run(send())
    assert (outcome.code, outcome.slows, outcome.retry_after) == ("21611", "gateway", 600)


@pytest.mark.parametrize("mailbox", SLOWER)
def test_a_mail_server_that_asks_to_slow_down_is_understood(mailbox):
    outcome = ask(SmtpServer, Smtp, f"{mailbox}@example.com")
    assert isinstance(outcome, Refused)
    assert outcome.slows == ("recipient" if mailbox == "hurried" else "gateway")
    assert (outcome.permanent, outcome.fault, outcome.is_address_dead) == (False, Fault.PROVIDER, False)


@pytest.mark.parametrize("mailbox", ["busy", "full", "closing", "unknown"])
def test_a_mail_server_in_other_trouble_is_not_taken_for_a_hurried_one(mailbox):
    outcome = ask(SmtpServer, Smtp, f"{mailbox}@example.com")
    assert (type(outcome), outcome.slows) == (Refused, "")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("9", 9),
        (" 9 ", 9),
        ("0", 0),
        ("007", 7),
        ("0" * 5000 + "7", 7),
        ("9" * 5000, LONGEST),
        (format_datetime(MONDAY + datetime.timedelta(seconds=90), usegmt=True), 90),
        ("Monday, 02-Mar-26 12:01:30 GMT", 90),  # RFC 9110 lets servers write so too
        ("Mon Mar  2 12:01:30 2026", 90),
        (format_datetime(MONDAY - datetime.timedelta(days=1), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),  # a digit, but not one of HTTP's
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_every_form_and_is_at_most_a_day(said, seconds):
    headers = {"retry-after": said, "date": format_datetime(MONDAY, usegmt=True)}
    assert Answer(429, "", headers).retry_after == seconds


def test_a_date_is_compared_with_our_clock_when_the_provider_told_no_time(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    until = format_datetime(MONDAY + datetime.timedelta(minutes=2), usegmt=True)
    assert Answer(429, "", {"retry-after": until, "date": "no date"}).retry_after == 120
    assert Answer(429, "", {}).retry_after is None


def test_five_thousand_digits_from_a_real_provider_do_no_harm():
    outcome = ask(*TWILIO, "+15005550011", retry_after="9" * 5000)
    assert (outcome.slows, outcome.retry_after) == ("gateway", LONGEST)


@pytest.mark.parametrize("after", [10**30, -1, True, "5", None, [5]])
def test_telegrams_number_of_seconds_may_be_anything(after):
    body = {"ok": False, "error_code": 429, "parameters": {"retry_after": after}}
    outcome = read_answer(Answer(429, json.dumps(body), {}))
    assert outcome.retry_after == (LONGEST if after == 10**30 else None)
