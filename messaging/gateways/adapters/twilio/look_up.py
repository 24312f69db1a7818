"""What Twilio has to one number, read to its very end: only so is a message that is not there one that was not taken.

Twilio sorts the list by DateSent, the newest first. A message has no such date while it waits, and where those stand is
not documented: so no row ends the reading, the last page does, and no filter by date may hide what has none. The list
lags behind; therefore the outbox asks twice.
"""

import datetime
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from locations.values.reasons import Reason

from ..outcomes import Accepted, Finding, NotFound, Parcel, Unknown

PAGE_ROWS = 200
MOST_PAGES = 20
CLOCKS_APART = datetime.timedelta(minutes=15)  # how far Twilio's clock and ours may differ
OUTBOUND = "outbound-api"

GetPage = Callable[[str], Awaitable[str]]
"""An address -> the text of the page that lies there."""


class Unreadable(ValueError):
    """The list does not say whether the message is there."""


@dataclass(frozen=True)
class Row:
    """One message of the list."""

    sid: str
    body: str
    made_at: datetime.datetime
    is_ours: bool  # not a customer's, nor an answer that Twilio gave by itself


async def read_list(get_page: GetPage, address: str, to: str) -> list[Row]:
    """All messages to `to`. Raises Unreadable when the end was not reached, and what `get_page` does."""
    rows: list[Row] = []
    following = f"{urlsplit(address).path}?{urlencode({'To': to, 'PageSize': PAGE_ROWS})}"
    for _page in range(MOST_PAGES):
        page = json.loads(await get_page(urljoin(address, following)))
        if not isinstance(page, dict) or not isinstance(page.get("messages"), list) or "next_page_uri" not in page:
            raise Unreadable("Not a page of messages")
        rows += [read_row(row, to) for row in page["messages"]]
        following = page["next_page_uri"]
        if following is None:
            return rows
        if not re.match(r"/(?!/)", str(following)):
            raise Unreadable("The next page lies elsewhere")
    raise Unreadable("Too many messages")


def read_row(row: Any, to: str) -> Row:
    """Raises Unreadable for a row without what a message is known by, or of somebody who was not asked for."""
    try:
        made_at, found_to = parsedate_to_datetime(row["date_created"]), row["to"]
        found = Row(str(row["sid"]), str(row["body"] or ""), made_at, row["direction"] == OUTBOUND)
    except (TypeError, KeyError, ValueError) as error:
        raise Unreadable("Not a message") from error
    if found_to != to or made_at.tzinfo is None:
        raise Unreadable("A message to somebody else, or of an unknown time")
    return found


def find(rows: Sequence[Row], parcel: Parcel, sent_at: datetime.datetime, unsure: Reason) -> Finding:
    """Which of them is the parcel whose try began at `sent_at`; Unknown(unsure) if it may be one that was altered."""
    since = sent_at - CLOCKS_APART
    recent = [row for row in rows if row.is_ours and row.made_at >= since]
    if twins := [row for row in recent if row.body.strip() == parcel.body.strip()]:
        return Accepted(min(twins, key=lambda twin: abs(twin.made_at - sent_at)).sid)
    if any(may_be(row.body, parcel.body) for row in recent):
        return Unknown(unsure)
    return NotFound()


def may_be(found: str, sent: str) -> bool:
    """Whether this may be that text as Twilio keeps it: emptied, with other punctuation, or after a trial's words."""
    return not found.strip() or letters(found).endswith(letters(sent))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()
