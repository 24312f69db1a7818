"""Why somebody must not be written to, and where that was said."""

from django.utils.translation import gettext_lazy as _

from .values.channels import Channel, Purpose
from .values.reasons import MOMENT, WORDS, Fault, choice, reasons_of

reason = reasons_of("locations")

REFUSED_BY_CLIENT = reason(
    "refused_by_client",
    _("The client does not want such messages."),
    _("The client does not want such messages (%(channel)s, %(purpose)s)."),
    fault=Fault.RECIPIENT,
    channel=choice(Channel),
    purpose=choice(Purpose),
)
REFUSED_FOR_ADDRESS = reason(
    "refused_for_address",
    _("The address does not want such messages."),
    _("The address does not want such messages (%(channel)s, %(purpose)s)."),
    fault=Fault.RECIPIENT,
    channel=choice(Channel),
    purpose=choice(Purpose),
)

# --- Where somebody said what they want ---

CLIENT_CARD = reason("client_card", _("The client's card."), _("client's card, %(user)s"), user=WORDS)
WRITTEN_TO_LINE = reason(
    "written_to_line",
    _("The client wrote it."),
    _("Written to “%(line)s”, %(at)s: “%(text)s”"),
    line=WORDS,
    at=MOMENT,
    text=WORDS,
)
