"""How one cell's text becomes a value. Each reader raises CellRefused with a reason that says what to do."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from locations.consent import normalise_address
from locations.values.currencies import CODES
from locations.values.emails import validate_email
from locations.values.phones import example_phone, has_letters, has_several, parse_phone
from locations.values.reasons import Reason, ReasonKind
from locations.values.time_zones import to_instant, why_odd

from .. import reasons
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
            raise CellRefused(reasons.LONG_TEXT(length=len(cell), limit=limit))
        if "\0" in cell:
            raise CellRefused(reasons.NUL_CHARACTER())
        return cell

    return read


def phone(cell: str, place: Place) -> str:
    """E.164; a number without + is read as one of the department's country."""
    if cell in place.lookups.known_phones:
        return cell
    if _SCIENTIFIC.fullmatch(cell):
        raise CellRefused(reasons.SHORTENED_PHONE(cell=cell))
    found = parse_phone(cell, place.country)
    if not found:
        raise CellRefused(_why_no_phone(cell, place.country))
    return found


def _why_no_phone(cell: str, country: str) -> Reason:
    if has_several(cell):
        return reasons.SEVERAL_PHONES(cell=cell)
    if has_letters(cell):
        return reasons.LETTERS_IN_PHONE(cell=cell)
    return reasons.NO_PHONE(cell=cell, country=country, example=example_phone(country))


def email(cell: str, _place: Place) -> str:
    """An address by the one validator (A3, decision 4)."""
    if len(cell) > 254:
        raise CellRefused(reasons.LONG_EMAIL(length=len(cell)))
    try:
        validate_email(cell)
    except ValidationError as problem:
        why = reasons.LETTER_IN_EMAIL if problem.code == "odd_letter" else reasons.NO_EMAIL
        raise CellRefused(why(**(problem.params or {}))) from None
    return normalise_address(cell)


def amount(cell: str, _place: Place) -> Decimal:
    """Not negative, two decimals; "1 234,50", "1234.5", "1.234,50" and "1,234.50" are understood."""
    found = _AMOUNT.fullmatch(cell)
    if not found or _is_ambiguous(found):
        raise CellRefused(reasons.NO_AMOUNT(cell=cell))
    whole = found["whole"].replace(found["thousands"], "") if found["thousands"] else found["whole"]
    value = Decimal(f"{whole}.{found['decimals'] or 0}")
    if value >= LARGEST_AMOUNT:
        raise CellRefused(reasons.LARGE_AMOUNT(cell=cell))
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
        raise CellRefused(reasons.NO_MOMENT(cell=cell)) from None
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
        raise CellRefused(reasons.NO_TIME_OF_DAY(cell=cell))
    return found


def minutes(cell: str, _place: Place) -> int:
    """A whole number of minutes, at most a year."""
    if not re.fullmatch(r"[0-9]{1,6}", cell) or int(cell) > LONGEST_PROMISE:
        raise CellRefused(reasons.NO_MINUTES(cell=cell))
    return int(cell)


def word(words: dict[str, str], otherwise: ReasonKind) -> Reader:
    """One of a few meanings, in any of our languages; `otherwise`, with the cell, says what to write."""

    def read(cell: str, _place: Place) -> str:
        try:
            return words[cell.casefold().rstrip(".")]
        except KeyError:
            raise CellRefused(otherwise(cell=cell)) from None

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
        raise CellRefused(reasons.NO_CURRENCY(cell=cell))
    return cell.upper()


def department(cell: str, place: Place) -> Any:
    return find(place.lookups.departments, cell, reasons.NO_DEPARTMENT)


def zone(cell: str, place: Place) -> Any:
    return find(place.lookups.zones, cell, reasons.NO_ZONE)


def stage(cell: str, place: Place) -> Any:
    return find(place.lookups.stages, cell, reasons.NO_STAGE)
