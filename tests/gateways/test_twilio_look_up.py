"""What became of a message whose answer was never seen: Twilio is asked for all it has to the number."""

import asyncio
import datetime
from email.utils import format_datetime

import pytest
from django.utils import timezone

from messaging.gateways.adapters import Accepted, Finding, NotFound, Parcel, Unknown
from messaging.gateways.adapters.twilio_sms import TwilioSms

from .test_twilio_sms import make_parcel, send
from .twilio_server import CUT_RECIPIENT, TwilioServer


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


def look_up(config: dict[str, str], parcel: Parcel, sent_at: datetime.datetime | None = None) -> Finding:
    async def ask() -> Finding:
        adapter = TwilioSms(config, 5)
        try:
            return await adapter.look_up(parcel, sent_at or timezone.now())
        finally:
            await adapter.close()

    return asyncio.run(ask())


def test_it_finds_the_message_that_was_cut_off(twilio):
    parcel = make_parcel(CUT_RECIPIENT)
    [outcome] = send(twilio.config(), parcel)
    assert isinstance(outcome, Unknown)
    assert look_up(twilio.config(), parcel) == Accepted(next(iter(twilio.kept)))


def test_it_finds_nothing_when_twilio_never_took_it(twilio):
    parcel = make_parcel("+15005550012")
    send(twilio.config(), parcel)
    assert look_up(twilio.config(), parcel) == NotFound()


@pytest.mark.parametrize("other", [{"to": "+48501234568"}, {"body": "Another text"}])
def test_it_does_not_take_another_message_for_this_one(twilio, other):
    send(twilio.config(), make_parcel(**other))
    assert look_up(twilio.config(), make_parcel()) == NotFound()


def test_it_does_not_take_what_a_customer_wrote_for_this_one(twilio):
    send(twilio.config(), make_parcel())
    next(iter(twilio.kept.values()))["direction"] = "inbound"
    assert look_up(twilio.config(), make_parcel()) == NotFound()


def test_it_knows_the_try_of_today_from_the_same_words_of_yesterday(twilio):
    send(twilio.config(), make_parcel(), make_parcel())
    old, new = twilio.kept.values()
    old["date_created"] = format_datetime(timezone.now() - datetime.timedelta(days=1))
    assert look_up(twilio.config(), make_parcel()) == Accepted(new["sid"])
    assert look_up(twilio.config(), make_parcel(), timezone.now() + datetime.timedelta(minutes=10)) == NotFound()


def test_it_takes_the_nearest_of_two_with_the_same_words(twilio):
    send(twilio.config(), make_parcel(), make_parcel())
    earlier, later = twilio.kept.values()
    earlier["date_created"] = format_datetime(timezone.now() - datetime.timedelta(seconds=90))
    assert look_up(twilio.config(), make_parcel()) == Accepted(later["sid"])
    minute_ago = timezone.now() - datetime.timedelta(seconds=80)
    assert look_up(twilio.config(), make_parcel(), minute_ago) == Accepted(earlier["sid"])


def test_it_reads_all_pages(twilio):
    send(twilio.config(), make_parcel(), *(make_parcel(body=f"Text {number}") for number in range(150)))
    assert isinstance(look_up(twilio.config(), make_parcel()), Accepted)


def test_it_stays_in_doubt_while_twilio_does_not_answer(twilio):
    assert isinstance(look_up(twilio.config(auth_token="wrong"), make_parcel()), Unknown)
    assert isinstance(look_up(twilio.config(base_url="http://127.0.0.1:9"), make_parcel()), Unknown)
