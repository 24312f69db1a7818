"""What SerwerSMS's error codes and reasons mean for a message: tables, from https://dev.serwersms.pl."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import reasons_of

from ..error_tables import failures, refusals
from ..outcomes import Fault

reason = reasons_of("serwersms")

_PANEL = _("Set it right in SerwerSMS's panel, then resume the gateway.")
_TEXT = _("Change the text, then send it again.")
_ACCOUNT = {
    "1001": _("SerwerSMS does not know this token."),
    "1002": _("The SerwerSMS account may not use the interface."),
    "1003": _("SerwerSMS does not let this server's address in."),
    "1005": _("The SerwerSMS account may not do this."),
    "1007": _("The SerwerSMS account is not fully active."),
    "3000": _("The limit of ECO messages at SerwerSMS is used up."),
    "3001": _("The SerwerSMS account may not send ECO messages."),
    "3002": _("The limit of FULL messages at SerwerSMS is used up."),
    "3003": _("The SerwerSMS account may not send FULL messages."),
    "3100": _("Sending is blocked for the SerwerSMS account."),
}
_REQUEST = {"1006": _("SerwerSMS did not understand the request.")}
_NUMBER = {"2001": _("The number does not exist.")}
_SLOWER = {"429": _("SerwerSMS asks to slow down.")}
VERDICTS = {
    **refusals("serwersms", _ACCOUNT, fault=Fault.US, remedy=_PANEL, permanent=False, pauses_gateway=True),
    **refusals("serwersms", _REQUEST, fault=Fault.US, remedy=_TEXT),
    **refusals("serwersms", _NUMBER, fault=Fault.RECIPIENT, is_address_dead=True),
}
BAD_TOKEN = VERDICTS["1001"]
SLOWER = refusals("serwersms", _SLOWER, fault=Fault.PROVIDER, permanent=False, slows="gateway")["429"]

_NOT_TAKEN = {
    "message_expired": _("It could not be delivered before it was too late."),
    "missed_call": _("Nobody took the call."),
    "number_is_blacklisted": _("The number is on the account's black list at SerwerSMS."),
}
_DEAD = {
    "unsupported_number": _("The number cannot receive SMS."),
    "wrong_number": _("The number does not exist."),
}
_OPERATOR = {
    "message_rejected": _("The operator rejected it."),
    "operator_error": _("The operator could not deliver it."),
}
_ACCOUNT_TOLD = {
    "limit_exhausted": _("The limit of messages at SerwerSMS is used up."),
    "lock_send": _("Sending is locked for the SerwerSMS account."),
    "wrong_sender_name": _("SerwerSMS has not approved the sender's name of this gateway."),
    "no_permission_to_send_messages": _("The SerwerSMS account may not do this."),
}
_WRONG_TEXT = {"wrong_message": _("SerwerSMS does not accept the text.")}
_COUNTRY = {"sending_to_foreign_networks_is_locked": _("Sending to this country is not allowed for the account.")}
_OTHER = {"other_error": _("SerwerSMS could not deliver it and did not say why.")}
FAILURES_TOLD = {
    **failures("serwersms", _NOT_TAKEN, fault=Fault.RECIPIENT),
    **failures("serwersms", _DEAD, fault=Fault.RECIPIENT, is_address_dead=True),
    **failures("serwersms", _OPERATOR, fault=Fault.PROVIDER),
    **failures("serwersms", _ACCOUNT_TOLD, fault=Fault.US, remedy=_PANEL, pauses_gateway=True),
    **failures("serwersms", _WRONG_TEXT, fault=Fault.US, remedy=_TEXT),
    **failures("serwersms", _COUNTRY, fault=Fault.US, remedy=_("Allow this country in SerwerSMS's panel.")),
    **failures("serwersms", _OTHER, fault=Fault.UNKNOWN),
}
"""By the word that a report gives as the reason."""

NOT_REPORTED = reason(
    "not_reported",
    _("SerwerSMS does not report this message, which does not prove that it was never taken."),
    fault=Fault.UNKNOWN,
)
NOT_RECEIVED = reason("not_received", _("Not a message that SerwerSMS received."))
FILES_IN_PANEL = reason("files_in_panel", _("The message has files that only SerwerSMS's panel shows."))
