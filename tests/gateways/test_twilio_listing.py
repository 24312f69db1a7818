"""The local Twilio lists messages as Twilio documents it: Twilio's own client is the judge."""

import asyncio
import datetime
from typing import Any

from django.utils import timezone
from twilio.rest.api.v2010.account.message import MessageInstance

from messaging.gateways.adapters.twilio.sms import TwilioSms
from tests.gateways.twilio_listing import Listing
from tests.gateways.twilio_server import SENDER, TwilioServer

ALICE, BOB = "+48501234567", "+48501234568"
HOUR = datetime.timedelta(hours=1)


def listed(twilio: TwilioServer, **filters: Any) -> list[MessageInstance]:
    async def ask() -> list[MessageInstance]:
        adapter = TwilioSms(twilio.config(), 5)
        try:
            return await adapter.client.messages.list_async(page_size=2, **filters)
        finally:
            await adapter.close()

    return asyncio.run(ask())


def bodies(twilio: TwilioServer, **filters: Any) -> list[str]:
    return [message.body for message in listed(twilio, **filters)]


def fill(twilio: TwilioServer) -> None:
    """Alice got four messages, and a fifth waits to be sent, since before the third one; Bob got one."""
    for number in range(1, 6):
        twilio.take({"To": ALICE, "From": SENDER, "Body": str(number)})
    twilio.take({"To": BOB, "From": "+15005550099", "Body": "To Bob"})
    rows = list(twilio.kept.values())
    for age, row in enumerate([rows[0], rows[1], rows[3], rows[4], rows[5]]):
        row["date_sent"] = f"{timezone.now() - (9 - age) * HOUR:%a, %d %b %Y %H:%M:%S +0000}"


def test_it_sorts_by_the_date_of_sending_in_pages_that_lead_on():
    for undated_first, expected in ((False, "5 4 2 1 3"), (True, "3 5 4 2 1")):
        with TwilioServer(listing=Listing(undated_first=undated_first)) as twilio:
            fill(twilio)
            assert bodies(twilio, to=ALICE) == expected.split()
            assert len(twilio.lists) == 3


def test_it_filters_by_sender_and_date_and_a_date_hides_what_has_none():
    with TwilioServer() as twilio:
        fill(twilio)
        assert bodies(twilio, from_="+15005550099") == ["To Bob"]
        six_hours_ago = timezone.now() - 6.5 * HOUR
        assert bodies(twilio, to=ALICE, date_sent_after=six_hours_ago) == ["5"]
        assert bodies(twilio, to=ALICE, date_sent_before=six_hours_ago) == ["4", "2", "1"]


def test_it_dates_a_message_when_it_was_sent_and_lists_it_late(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC), tick=False)
    with TwilioServer(listing=Listing(queue_seconds=4)) as twilio:
        row = twilio.take({"To": ALICE, "From": SENDER, "Body": "Hello"})
        twilio.listing.listed_at[str(row["sid"])] += 2
        assert listed(twilio) == []
        time_machine.shift(3)
        assert [(one.status, one.date_sent) for one in listed(twilio)] == [("queued", None)]
        time_machine.shift(3)
        [sent] = listed(twilio)
        assert (sent.status, sent.date_sent) == ("sent", datetime.datetime(2026, 3, 2, 12, 0, 4, tzinfo=datetime.UTC))
