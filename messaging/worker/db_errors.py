"""What the database's refusals mean for those who read the log or a page."""

from django.db import Error as DatabaseError
from django.utils.translation import gettext_lazy as _

FULL = ("disk is full", "no space left on device", "disk full")  # SQLite, PostgreSQL
DISK_FULL = _("The disk is full: nothing can be written until there is space again.")
NO_ANSWER = _("The database does not answer.")


def is_disk_full(error: BaseException) -> bool:
    return isinstance(error, (DatabaseError, OSError)) and any(words in str(error).lower() for words in FULL)


def in_words(error: BaseException) -> str:
    """A sentence, with what the database itself said."""
    return f"{DISK_FULL if is_disk_full(error) else NO_ANSWER} ({error})".replace("\n", " ")
