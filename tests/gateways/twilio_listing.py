"""How the local Twilio lists messages: as Twilio documents it, and as unpleasantly as that allows.

Sorted by DateSent, the newest first, which a message has only once it was sent; where those without one stand is not
documented, so a test may choose. In pages that lead on by `next_page_uri`. A new message may be missing for a while.
"""

import datetime
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime

from multidict import MultiMapping
from yarl import URL

MOST_ROWS = 1000  # on a page
Row = dict[str, object]


@dataclass
class Listing:
    """All messages by their recipients. `lag`: seconds until a new one is listed, by chance up to so many;
    `queue_seconds`: until it is sent, and so has a date; None: that never happens here.
    """

    lag: float = 0
    queue_seconds: float | None = None
    undated_first: bool = False
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    made_at: dict[str, float] = field(default_factory=dict)
    listed_at: dict[str, float] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        now = time.time()
        self.rows[str(row["to"])].append(row)
        self.made_at[str(row["sid"])] = now
        self.listed_at[str(row["sid"])] = now + self.lag * secrets.randbelow(1001) / 1000

    def page(self, url: URL) -> Row:
        """The page that this address asks for, as JSON."""
        query = url.query
        found = self.sorted(row for row in self.chosen(query) if self.listed_at[str(row["sid"])] <= time.time())
        size, number = min(int(query.get("PageSize", 50)), MOST_ROWS), int(query.get("Page", 0))
        start = self.after(found, query.get("PageToken", ""), number * size)
        shown, is_last = found[start : start + size], start + size >= len(found)
        following = None if is_last else url.update_query(Page=number + 1, PageToken=f"PA{shown[-1]['sid']}")
        return {
            "messages": shown,
            "page": number,
            "page_size": size,
            "start": start,
            "end": start + len(shown) - 1,
            "uri": str(url.relative() if url.is_absolute() else url),
            "first_page_uri": str(url.update_query(Page=0)),
            "next_page_uri": str(following) if following else None,
            "previous_page_uri": None,
        }

    def chosen(self, query: MultiMapping[str]) -> Iterable[Row]:
        """Those that the filters let through; one by date hides what has none."""
        to, sender = query.get("To"), query.get("From")
        for row in self.rows.get(to, []) if to else (row for rows in self.rows.values() for row in rows):
            self.date(row)
            if (not sender or row["from"] == sender) and fits_dates(row, query):
                yield row

    def date(self, row: Row) -> None:
        """Give it its date, once it was sent."""
        due = self.made_at[str(row["sid"])] + (self.queue_seconds or 0)
        if self.queue_seconds is not None and row["date_sent"] is None and due <= time.time():
            row |= {"status": "sent", "date_sent": format_datetime(datetime.datetime.fromtimestamp(due, datetime.UTC))}

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        newest_made = list(rows)[::-1]
        dated = [row for row in newest_made if row["date_sent"]]
        undated = [row for row in newest_made if not row["date_sent"]]
        dated.sort(key=lambda row: parsedate_to_datetime(str(row["date_sent"])), reverse=True)
        return undated + dated if self.undated_first else dated + undated

    def after(self, found: list[Row], token: str, otherwise: int) -> int:
        """Where the page begins that follows the message which the token names, wherever that stands by now."""
        sids = [row["sid"] for row in found]
        return sids.index(token[2:]) + 1 if token[2:] in sids else otherwise


def fits_dates(row: Row, query: MultiMapping[str]) -> bool:
    for name, fits in {
        "DateSent": lambda day, asked: day == asked,
        "DateSent<": lambda day, asked: day <= asked,
        "DateSent>": lambda day, asked: day >= asked,
    }.items():
        if asked := query.get(name):
            day = row["date_sent"] and f"{parsedate_to_datetime(str(row['date_sent'])):%Y-%m-%dT%H:%M:%SZ}"
            if not day or not fits(day[: len(asked)], asked):
                return False
    return True
