"""What SerwerSMS's error codes and reasons mean for a message: tables, from https://dev.serwersms.pl."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from ..news import ReceiptNews, ReceiptStatus
from ..outcomes import Fault, Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _account(code: str, sentence: "StrOrPromise") -> Refused:
    return Refused(sentence, permanent=False, fault=Fault.US, code=code, pauses_gateway=True)


_SENTENCES = {
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
_REQUEST = Refused(_("SerwerSMS did not understand the request."), True, Fault.US, "1006")
_NUMBER = Refused(_("The number does not exist."), True, Fault.RECIPIENT, "2001", is_address_dead=True)
VERDICTS = {
    **{code: _account(code, sentence) for code, sentence in _SENTENCES.items()},
    "1006": _REQUEST,
    "2001": _NUMBER,
}
BAD_TOKEN = VERDICTS["1001"]


def _failed(reason: str, sentence: "StrOrPromise", fault: Fault, **marks: Any) -> ReceiptNews:
    """`marks`: further fields of ReceiptNews."""
    return ReceiptNews(ReceiptStatus.FAILED, code=reason, sentence=sentence, fault=fault, **marks)


_ROWS = (
    _failed("message_expired", _("It could not be delivered before it was too late."), Fault.RECIPIENT),
    _failed("unsupported_number", _("The number cannot receive SMS."), Fault.RECIPIENT, is_address_dead=True),
    _failed("message_rejected", _("The operator rejected it."), Fault.PROVIDER),
    _failed("missed_call", _("Nobody took the call."), Fault.RECIPIENT),
    _failed("wrong_number", _("The number does not exist."), Fault.RECIPIENT, is_address_dead=True),
    _failed("limit_exhausted", _("The limit of messages at SerwerSMS is used up."), Fault.US, pauses_gateway=True),
    _failed("lock_send", _("Sending is locked for the SerwerSMS account."), Fault.US, pauses_gateway=True),
    _failed("wrong_message", _("SerwerSMS does not accept the text."), Fault.US),
    _failed("operator_error", _("The operator could not deliver it."), Fault.PROVIDER),
    _failed(
        "wrong_sender_name",
        _("SerwerSMS has not approved the sender's name of this gateway."),
        Fault.US,
        pauses_gateway=True,
    ),
    _failed("number_is_blacklisted", _("The number is on the account's black list at SerwerSMS."), Fault.RECIPIENT),
    _failed(
        "sending_to_foreign_networks_is_locked", _("Sending to this country is not allowed for the account."), Fault.US
    ),
    _failed(
        "no_permission_to_send_messages", _("The SerwerSMS account may not do this."), Fault.US, pauses_gateway=True
    ),
    _failed("other_error", _("SerwerSMS could not deliver it and did not say why."), Fault.UNKNOWN),
)
REASONS = {row.code: row for row in _ROWS}
