"""SMS arithmetic: which alphabet a text needs and in how many parts it travels (GSM 03.38)."""

import re
from dataclasses import dataclass
from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
_all_basic = re.compile(f"[{re.escape(BASIC)}]*").fullmatch
_GSM = frozenset(BASIC + EXTENSION)


class Encoding(models.TextChoices):
    """How a text travels. Units are septets in GSM-7 and UTF-16 units in UCS-2."""

    GSM7 = "gsm7", _("GSM alphabet")
    UCS2 = "ucs2", _("Unicode")

    @property
    def alone(self) -> int:
        """Units that fit when the message is one part."""
        return 160 if self is Encoding.GSM7 else 70

    @property
    def joined(self) -> int:
        """Units that fit into each of several parts; the rest of a part numbers it."""
        return 153 if self is Encoding.GSM7 else 67


@dataclass(frozen=True)
class SmsSize:
    """What a text costs. `room_left`: units still free in its last part.

    `offenders`: the characters that make it dearer, each once, in their order: those outside the GSM alphabet, which
    turn the whole text into Unicode, or, if there are none, those of the GSM extension, which count twice.
    """

    encoding: Encoding
    units: int
    parts: int
    room_left: int
    offenders: tuple[str, ...] = ()


def measure(text: str) -> SmsSize:
    """The size of a text as it is sent (placeholders filled). An empty text has no parts."""
    if _all_basic(text):
        return _packed(Encoding.GSM7, text, len(text), ())
    characters = dict.fromkeys(text)
    foreign = tuple(character for character in characters if character not in _GSM)
    if foreign:
        return _packed(Encoding.UCS2, text, len(text.encode("utf-16-le", "surrogatepass")) // 2, foreign)
    doubled = tuple(character for character in characters if character in EXTENSION)
    return _packed(Encoding.GSM7, text, len(text) + sum(map(text.count, doubled)), doubled)


def _packed(encoding: Encoding, text: str, units: int, offenders: tuple[str, ...]) -> SmsSize:
    """Fill parts one after another; a character of two units is never split, so a part may end one unit early."""
    if units <= encoding.alone:
        return SmsSize(encoding, units, min(units, 1), encoding.alone - units, offenders)
    parts, used = divmod(units, encoding.joined)
    parts, used = (parts + 1, used) if used else (parts, encoding.joined)
    if units > len(text):  # something takes two units
        pieces = split(text, encoding)
        parts, used = len(pieces), sum(map(partial(_width, encoding), pieces[-1]))
    return SmsSize(encoding, units, parts, encoding.joined - used, offenders)


def split(text: str, encoding: Encoding) -> list[str]:
    """What each part of a text of several parts carries."""
    pieces, start, used = [], 0, 0
    for position, character in enumerate(text):
        width = _width(encoding, character)
        if used + width > encoding.joined:
            pieces.append(text[start:position])
            start, used = position, 0
        used += width
    return [*pieces, text[start:]]


def _width(encoding: Encoding, character: str) -> int:
    return 1 + (character in EXTENSION if encoding is Encoding.GSM7 else character > "\uffff")
