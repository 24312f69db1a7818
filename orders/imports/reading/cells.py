"""How one cell's text becomes a value. Each reader raises CellRefused with a sentence that says what to do."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from locations.consent import normalise_address
from locations.values.currencies import CODES
from locations.values.emails import validate_email
from locations.values.phones import example_phone, has_letters, has_several, parse_phone
from locations.values.time_zones import to_instant, why_odd

from .errors import CellRefused
from .lookups import Place, find
from .vocabulary import CURRENCIES

Reader = Callable[[str, Place], Any]
LARGEST_AMOUNT = Decimal(10) ** 10  # what numeric(12, 2) holds
LONGEST_PROMISE = 366 * 24 * 60  # minutes
YEARS = range(1990, 2100)
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
# Thousands by one sign throughout, in groups of three; of more than two decimals only noughts, and not just three.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<thousands>[ \u00a0\u2009\u202f'’.,])[0-9]{3}(?:(?P=thousands)[0-9]{3})*)|[0-9]+)"
    r"(?:(?P<mark>[.,])(?P<decimals>[0-9]{1,2}|[0-9]{2}00+))?"
)
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?)"
    r"(?: ?(Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_NEVER = re.compile(r"(?:01?\.01?\.0001|0000-00-00|0001-01-01|00\.00\.0000)(?:[T ]0?0:00(?::00)?)?")  # an empty date
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:,?\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")


def text(limit: int) -> Reader:
    """Any words of at most `limit` characters, as they came (decision 5)."""

    def read(cell: str, _place: Place) -> str:
        if len(cell) > limit:
            raise CellRefused(
                _("The text has %(length)d characters, at most %(limit)d fit: shorten it.")
                % {"length": len(cell), "limit": limit}
            )
        if "\0" in cell:
            raise CellRefused(_("The text has a NUL character: remove it."))
        return cell

    return read


def phone(cell: str, place: Place) -> str:
    """E.164; a number without + is read as one of the department's country."""
    if cell in place.lookups.known_phones:
        return cell
    if _SCIENTIFIC.fullmatch(cell):
        raise CellRefused(
            _(
                "“%(cell)s” is a number that a spreadsheet shortened, its last digits are lost: format the column as "
                "text, enter the phones again and export the file once more."
            )
            % {"cell": cell}
        )
    found = parse_phone(cell, place.country)
    if not found and has_several(cell):
        raise CellRefused(_("“%(cell)s” is more than one phone number: keep one.") % {"cell": shown(cell)})
    if not found and has_letters(cell):
        raise CellRefused(_("“%(cell)s” has letters in a phone number: keep the digits only.") % {"cell": shown(cell)})
    if not found:
        raise CellRefused(
            _("“%(cell)s” is not a phone number in %(country)s: write it like %(example)s.")
            % {"cell": shown(cell), "country": place.country, "example": example_phone(place.country)}
        )
    return found


def email(cell: str, _place: Place) -> str:
    """An address by the one validator (A3, decision 4)."""
    if len(cell) > 254:
        raise CellRefused(_("The e-mail address has %(length)d characters, at most 254 fit.") % {"length": len(cell)})
    try:
        validate_email(cell)
    except ValidationError as problem:
        raise CellRefused(problem.messages[0]) from None
    return normalise_address(cell)


def amount(cell: str, _place: Place) -> Decimal:
    """Not negative, two decimals; "1 234,50", "1234.5", "1.234,50" and "1,234.50" are understood."""
    found = _AMOUNT.fullmatch(cell)
    if not found or _is_ambiguous(found):
        raise CellRefused(
            _("“%(cell)s” is not an amount: write it like 1234.50 or 1 234,50, without a currency.")
            % {"cell": shown(cell)}
        )
    whole = found["whole"].replace(found["thousands"], "") if found["thousands"] else found["whole"]
    value = Decimal(f"{whole}.{found['decimals'] or 0}")
    if value >= LARGEST_AMOUNT:
        raise CellRefused(_("“%(cell)s” is too large an amount.") % {"cell": shown(cell)})
    return value.quantize(Decimal("0.01"))


def _is_ambiguous(found: re.Match[str]) -> bool:
    """Whether a dot or a comma may as well be the other of the two: 1,234 and 1.234.50."""
    sign, mark = found["thousands"], found["mark"]
    return sign in {".", ","} and (mark == sign or (not mark and found["whole"].count(sign) == 1))


def moment(cell: str, place: Place) -> datetime.datetime | None:
    """In UTC; ISO or dd.mm.yyyy HH:MM, in the department's time zone unless the text says another.

    None for what programs write where there is no date.
    """
    if _NEVER.fullmatch(cell):
        return None
    try:
        value = _read_moment(cell)
        if value.year not in YEARS:
            raise ValueError
    except ValueError:
        raise CellRefused(
            _("“%(cell)s” is not a date and time: write it like 2026-03-31 14:30 or 31.03.2026 14:30.")
            % {"cell": shown(cell)}
        ) from None
    if value.tzinfo:
        return value.astimezone(datetime.UTC)
    if odd := why_odd(value, place.time_zone):
        place.lookups.remarks.append(odd)
    return to_instant(value, place.time_zone)


def _read_moment(cell: str) -> datetime.datetime:
    """On the clock that the cell means, with a time zone if it names one. Raises ValueError."""
    if iso := _ISO.fullmatch(cell):
        return datetime.datetime.fromisoformat(f"{iso[1]}{iso[2] or ''}")
    if dotted := _DOTTED.fullmatch(cell):
        day, month, year, hour, minute, second = (int(part or 0) for part in dotted.groups())
        return datetime.datetime(year, month, day, hour, minute, second)
    raise ValueError


def moment_with_time(cell: str, place: Place) -> datetime.datetime | None:
    """As `moment`, but a bare date is not enough."""
    found = moment(cell, place)
    if found and ":" not in cell:
        raise CellRefused(_("“%(cell)s” has no time of day: write it like 31.03.2026 14:30.") % {"cell": shown(cell)})
    return found


def minutes(cell: str, _place: Place) -> int:
    """A whole number of minutes, at most a year."""
    if not re.fullmatch(r"[0-9]{1,6}", cell) or int(cell) > LONGEST_PROMISE:
        raise CellRefused(
            _("“%(cell)s” is not a number of minutes: write a whole number like 45.") % {"cell": shown(cell)}
        )
    return int(cell)


def word(words: dict[str, str], sentence: str) -> Reader:
    """One of a few meanings, in any of our languages; `sentence` has %(cell)s and says what to write."""

    def read(cell: str, _place: Place) -> str:
        try:
            return words[cell.casefold().rstrip(".")]
        except KeyError:
            raise CellRefused(_(sentence) % {"cell": shown(cell)}) from None

    return read


def word_or_text(words: dict[str, str], limit: int) -> Reader:
    """A known meaning, else the words as they came (B26)."""
    as_it_came = text(limit)

    def read(cell: str, place: Place) -> str:
        return words.get(cell.casefold()) or as_it_came(cell, place)

    return read


def currency(cell: str, _place: Place) -> str:
    """Three letters; the usual signs are understood."""
    known = CURRENCIES.get(cell.casefold().rstrip("."))
    if known:
        return known
    if cell.upper() not in CODES:
        raise CellRefused(_("“%(cell)s” is not a currency: write three letters like PLN.") % {"cell": shown(cell)})
    return cell.upper()


def department(cell: str, place: Place) -> Any:
    return find(place.lookups.departments, cell, _("There is no department “%(name)s”."))


def zone(cell: str, place: Place) -> Any:
    return find(place.lookups.zones, cell, _("There is no delivery zone “%(name)s”."))


def stage(cell: str, place: Place) -> Any:
    return find(place.lookups.stages, cell, _("There is no stage “%(name)s”."))


def shown(cell: str) -> str:
    """A cell as a sentence quotes it."""
    return cell if len(cell) <= 60 else f"{cell[:57]}…"
