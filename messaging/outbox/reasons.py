"""Why a message is as it is: held, refused, cancelled, expired, in doubt, tried again."""

from django.utils.translation import gettext_lazy as _

from locations.values.channels import Channel
from locations.values.reasons import DAY, REASON, WORDS, Fault, choice, reasons_of

reason = reasons_of("outbox")

# --- What forbids it ---

OFF_FOR_COMPANY = reason(
    "off_for_company",
    _("The channel is switched off for the company."),
    _("%(channel)s is switched off for this company."),
    channel=choice(Channel),
)
OFF_FOR_CLIENT = reason(
    "off_for_client",
    _("The channel is switched off for the client."),
    _("%(channel)s is switched off for this client."),
    channel=choice(Channel),
)
OFF_FOR_LOCATION = reason(
    "off_for_location",
    _("The channel is switched off for the client location."),
    _("%(channel)s is switched off for this client location."),
    channel=choice(Channel),
)
OFF_FOR_ORDER = reason(
    "off_for_order",
    _("The channel is switched off for the order."),
    _("%(channel)s is switched off for this order."),
    channel=choice(Channel),
)
UNUSABLE_ADDRESS = reason(
    "unusable_address",
    _("The address is marked as unusable."),
    _("Marked as unusable on %(since)s: %(why)s"),
    fault=Fault.RECIPIENT,
    remedy=_("Correct the address; if it works again, take its mark away under “Unusable addresses”."),
    since=DAY,
    why=REASON,
)
NO_GATEWAY = reason(
    "no_gateway",
    _("No gateway is connected for the channel."),
    _("No gateway for %(channel)s is connected: nothing can be sent."),
    fault=Fault.US,
    remedy=_("Connect a gateway for this channel, or switch one on, under “Gateways”."),
    channel=choice(Channel),
)
NO_SANDBOX = reason(
    "no_sandbox",
    _("No sandbox is on for the channel, and demo clients are written to through it only."),
    _("A demo client is written to through the sandbox only, and no sandbox for %(channel)s is on."),
    fault=Fault.US,
    remedy=_("Switch the sandbox of this channel on under “Gateways”."),
    channel=choice(Channel),
)

# --- What people decided ---

CANCELLED_BY = reason("cancelled_by", _("Cancelled by a person."), _("Cancelled by %(user)s."), user=WORDS)
DEMO_REMOVED = reason("demo_removed", _("The demo was removed."))
