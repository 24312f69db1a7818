"""Why a text cannot be filled: the kinds of reasons of this room."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import WORDS, Fault, reasons_of

reason = reasons_of("texts")

UNKNOWN_PLACEHOLDER = reason(
    "unknown_placeholder",
    _("The text has a placeholder that the program does not know."),
    _("There is no placeholder “%(name)s”."),
    fault=Fault.US,
    remedy=_("Save the template anew: its page says what to write there."),
    name=WORDS,
)
