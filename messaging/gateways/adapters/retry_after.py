"""How long a provider asks us to wait: the header Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""

import datetime
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600  # seconds; whoever asks for more is asked again after a day


def read_retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds, at most a day; None when nothing was said that can be understood. `headers`: their names in lower case.

    A date is compared with the provider's own clock, if it told the time.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return read_seconds(said)
    until = read_date(said)
    if until is None:
        return None
    now = read_date(headers.get("date", "")) or datetime.datetime.now(datetime.UTC)
    return min(max(round((until - now).total_seconds()), 0), LONGEST)


def read_seconds(digits: str) -> int:
    """Python refuses to read a number of more than 4300 digits."""
    significant = digits.lstrip("0")
    return LONGEST if len(significant) > len(str(LONGEST)) else min(int(significant or "0"), LONGEST)


def read_date(text: str) -> datetime.datetime | None:
    try:
        moment = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
