"""What a file has said of an order, remembered on it, so that old news undoes nobody's correction (decision 23)."""

import datetime
import zlib
from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from locations.values.reasons import Reason

from .. import reasons
from ..columns import CORRECTED
from ..reading.cleaning import Values
from .existing_rows import Place


def told(values: Values) -> dict[str, Any]:
    """What a row says of the values that people correct by hand, as `Order.file_said` keeps it."""
    said: dict[str, Any] = {"place": digest(values["clientName"], values["address"])}
    for header, name in CORRECTED.items():
        if header in values:
            said[name] = _kept(values[header])
    return said


def _kept(value: Any) -> str | int:
    """As JSON, and always alike."""
    if isinstance(value, datetime.datetime):
        return int(value.timestamp())
    return value.pk if isinstance(value, Model) else str(value)


def digest(client_name: str, address: str) -> int:
    return zlib.crc32(f"{client_name}\0{address}".encode())


def place_of(values: Values) -> Place:
    return values["clientName"], values["address"]


def standing_at(order: Mapping[str, Any]) -> Place:
    return order["location__client_name"], order["location__address"]


def place_for(values: Values, order: Mapping[str, Any] | None) -> Place:
    """Where a row's order goes: where the row says, unless it said so before and somebody has corrected it since."""
    said = place_of(values)
    if order is not None and said != standing_at(order) and order["file_said"].get("place") == digest(*said):
        return standing_at(order)
    return said


def kept(name: str, value: Any, offered: Any) -> Reason:
    """The remark on a value that stays as somebody corrected it."""
    return reasons.CORRECTED_BY_HAND(name=name, kept=value, offered=offered)
