"""Days as the reader's language writes them, in short: `3 Nov`, `3 ноября`, `3 listopada`."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language

DECLINED = str.maketrans("MF", "EE")


def dated(at: datetime.datetime, form: str) -> str:
    """As `date_format`, for a form in Django's letters as English writes it.

    Where months are declined the day's month takes its case, and is written out: `M` and `F` become `E`.
    """
    return date_format(at, form.translate(DECLINED) if is_declined() else form)


def is_declined() -> bool:
    """Whether months stand in their case after a day, and are written out."""
    return not (get_language() or "en").startswith("en")
