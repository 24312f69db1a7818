"""Places on the map that customers send instead of words."""

import math
from typing import Any

from django.utils.translation import gettext as _

MAP = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


def describe_place(latitude: Any, longitude: Any, *names: Any) -> str:
    """The place in words, with a link to the map; `names`: what it is called, its address."""
    north, east = _degrees(latitude, 90), _degrees(longitude, 180)
    called = ", ".join(words for name in names if name and (words := str(name).strip()))
    if north is None or east is None:
        return _("Place: %(name)s") % {"name": called} if called else ""
    shown = f"{north:.6f}, {east:.6f}"
    words = _("Place: %(name)s") % {"name": f"{called} ({shown})" if called else shown}
    return f"{words}\n{MAP.format(latitude=f'{north:.6f}', longitude=f'{east:.6f}')}"


def _degrees(written: Any, most: int) -> float | None:
    """None for what is no place on Earth."""
    try:
        degrees = float(written)
    except (TypeError, ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None
