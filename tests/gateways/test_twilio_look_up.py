"""What became of a message whose answer was never seen: Twilio is asked for all it has to the number."""

import asyncio
import datetime
from email.utils import format_datetime

import pytest
from django.utils import timezone

from messaging.gateways.adapters import Accepted, Finding, NotFound, Parcel, Unknown
from messaging.gateways.adapters.twilio.look_up import MOST_PAGES, PAGE_ROWS
from messaging.gateways.adapters.twilio.sms import TwilioSms
from tests.gateways.test_twilio_sms import make_parcel, send
from tests.gateways.twilio_listing import Listing
from tests.gateways.twilio_server import CUT_RECIPIENT, SENDER, TwilioServer


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


def hold(twilio: TwilioServer, **changes: str) -> dict[str, object]:
    """A message that Twilio has, without our having asked for it here."""
    parcel = make_parcel(**changes)
    return twilio.take({"To": parcel.to, "From": SENDER, "Body": parcel.body})


def days_ago(days: int) -> str:
    return format_datetime(timezone.now() - datetime.timedelta(days=days))


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
    assert look_up(twilio.config(), make_parcel(), timezone.now() + datetime.timedelta(hours=1)) == NotFound()


def test_it_takes_the_nearest_of_two_with_the_same_words(twilio):
    send(twilio.config(), make_parcel(), make_parcel())
    earlier, later = twilio.kept.values()
    earlier["date_created"] = format_datetime(timezone.now() - datetime.timedelta(seconds=90))
    assert look_up(twilio.config(), make_parcel()) == Accepted(later["sid"])
    minute_ago = timezone.now() - datetime.timedelta(seconds=80)
    assert look_up(twilio.config(), make_parcel(), minute_ago) == Accepted(earlier["sid"])


@pytest.mark.parametrize("undated_first", [False, True])
def test_it_finds_what_waits_at_twilio_and_has_no_date_yet_wherever_that_is_listed(undated_first):
    """Twilio sorts by DateSent, not by when a message was made."""
    with TwilioServer(listing=Listing(queue_seconds=0, undated_first=undated_first)) as twilio:
        for days in range(1, 300):
            hold(twilio, body=f"Text {days}")["date_created"] = days_ago(days)
        assert look_up(twilio.config(), make_parcel()) == NotFound()
        twilio.listing.queue_seconds = None
        waiting = hold(twilio)
        assert look_up(twilio.config(), make_parcel()) == Accepted(waiting["sid"])


def test_it_reads_all_pages_however_many_messages_somebody_got(twilio):
    first = hold(twilio)
    for number in range(1_500):
        hold(twilio, body=f"Text {number}")
    assert look_up(twilio.config(), make_parcel()) == Accepted(first["sid"])
    assert look_up(twilio.config(), make_parcel(body="Never sent")) == NotFound()


def test_it_does_not_say_that_it_is_not_there_when_it_could_not_read_all(twilio):
    for number in range(PAGE_ROWS * MOST_PAGES + 1):
        hold(twilio, body=f"Text {number}")
    assert isinstance(look_up(twilio.config(), make_parcel()), Unknown)
    assert len(twilio.lists) == MOST_PAGES


@pytest.mark.parametrize(
    "body", ["", "Sent from your Twilio trial account - Zamówienie A-17 wyjechało", "Zamówienie “A-17” wyjechało…"]
)
def test_it_stays_in_doubt_about_a_message_whose_text_twilio_may_have_altered(twilio, body):
    hold(twilio)["body"] = body
    assert isinstance(look_up(twilio.config(), make_parcel()), Unknown)


@pytest.mark.parametrize(
    "page",
    [
        {"messages": []},
        {"messages": [], "next_page_uri": "https://evil.example/2010-04-01/x"},
        {"messages": [], "next_page_uri": "//evil.example/2010-04-01/x"},
        {"messages": [], "next_page_uri": "/2010-04-01/nowhere"},
        {"next_page_uri": None},
        {"messages": [None], "next_page_uri": None},
        {"messages": [{"sid": "SM1"}], "next_page_uri": None},
        [],
    ],
)
def test_it_takes_only_a_list_with_an_end_for_a_proof(twilio, monkeypatch, page):
    monkeypatch.setattr(twilio.listing, "page", lambda _url: page)
    assert isinstance(look_up(twilio.config(), make_parcel()), Unknown)
    assert len(twilio.lists) == 1


def test_it_takes_no_list_for_a_proof_that_shows_messages_to_others(twilio):
    """As when a filter is not understood: then it has pages of everybody's."""
    row = hold(twilio)
    row["to"] = "+48501234568"
    assert isinstance(look_up(twilio.config(), make_parcel()), Unknown)


def test_it_stays_in_doubt_while_twilio_does_not_answer(twilio):
    assert isinstance(look_up(twilio.config(auth_token="wrong"), make_parcel()), Unknown)
    assert isinstance(look_up(twilio.config(base_url="http://127.0.0.1:9"), make_parcel()), Unknown)
