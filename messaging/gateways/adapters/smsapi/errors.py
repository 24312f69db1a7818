"""What SMSAPI's error codes and receipts' states mean for a message: tables, from https://www.smsapi.pl/docs."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import WORDS, reasons_of

from ..error_tables import failures, refusals
from ..news import ReceiptNews, ReceiptStatus
from ..outcomes import Fault, Refused

reason = reasons_of("smsapi")

ALREADY_TAKEN = 53  # this `idx` was accepted before
IN_DOUBT = {200, 201, 998, 999}  # internal faults


_PANEL = _("Set it right in SMSAPI's panel, then resume the gateway.")
_COUNTRY = _("Allow it in SMSAPI's panel, then send it again.")
_TEXT = _("Change the text or the gateway's settings, then send it again.")
_ACCOUNT = {
    14: _("SMSAPI has not approved the sender's name of this gateway."),
    101: _("SMSAPI does not know this token."),
    102: _("SMSAPI does not know this token."),
    103: _("There is no credit left at SMSAPI."),
    105: _("SMSAPI does not let this server's address in."),
    110: _("The SMSAPI account may not do this."),
    401: _("The SMSAPI token may not do this: give it the right to send SMS."),
    997: _("SMSAPI wants HTTPS: the address of the interface must begin with https://."),
    1000: _("Only the main user of the SMSAPI account may do this."),
}
_NO_NUMBER = {13: _("SMSAPI does not take the number: it is not valid, or on the account's black list.")}
_OPTED_OUT = {59: _("The recipient has opted out at SMSAPI.")}
_BLOCKED = {57: _("The number is on the account's black list at SMSAPI.")}
_NOT_ALLOWED = {
    98: _("This SMSAPI account may write to its owner's number only."),
    112: _("Sending to this country is not allowed for the account."),
}
_REQUEST = {
    7: _("SMSAPI did not understand the request."),
    8: _("SMSAPI did not understand the request."),
    11: _("The text is empty or too long, or has letters that this gateway may not send."),
    12: _("The text has too many parts."),
    17: _("A flash message cannot have special letters."),
    18: _("SMSAPI did not understand the request."),
    19: _("Too many messages in one request."),
    20: _("SMSAPI did not understand the request."),
    25: _("SMSAPI did not understand the request."),
    27: _("SMSAPI did not understand the request."),
    28: _("SMSAPI cannot send at that time."),
    30: _("SMSAPI did not understand the request."),
    40: _("There is no such group at SMSAPI."),
    41: _("The group at SMSAPI is empty."),
    50: _("SMSAPI cannot send at that time."),
    54: _("SMSAPI cannot send at that time."),
    56: _("SMSAPI cannot keep the message's validity."),
    70: _("SMSAPI does not accept the address for receipts."),
    76: _("The text has characters that SMSAPI does not accept."),
    93: _("SMSAPI did not understand the request: parameters do not go with a group."),
    94: _("SMSAPI does not accept a link in the text."),
    104: _("The template does not exist at SMSAPI."),
    106: _("SMSAPI did not understand the request."),
}
_TOO_MANY_TO_ONE = {52: _("Too many messages to this number within a minute.")}
_SLOWER = {
    202: _("SMSAPI asks to slow down."),
    203: _("SMSAPI asks to slow down."),
}
_LATER = {
    74: _("The SMSAPI account may not send at this hour; it is tried again."),
    409: _("SMSAPI is busy with another request about the same; it is tried again."),
}

VERDICTS: dict[int, Refused] = {
    **refusals("smsapi", _ACCOUNT, fault=Fault.US, remedy=_PANEL, permanent=False, pauses_gateway=True),
    **refusals("smsapi", _NO_NUMBER, fault=Fault.RECIPIENT),
    **refusals("smsapi", _OPTED_OUT, fault=Fault.RECIPIENT, opted_out=True),
    **refusals("smsapi", _BLOCKED, fault=Fault.RECIPIENT),
    **refusals("smsapi", _NOT_ALLOWED, fault=Fault.US, remedy=_COUNTRY),
    **refusals("smsapi", _REQUEST, fault=Fault.US, remedy=_TEXT),
    **refusals("smsapi", _TOO_MANY_TO_ONE, fault=Fault.PROVIDER, permanent=False, slows="recipient", retry_after=60),
    **refusals("smsapi", _SLOWER, fault=Fault.PROVIDER, permanent=False, slows="gateway"),
    **refusals("smsapi", _LATER, fault=Fault.PROVIDER, permanent=False),
}

_NOT_TAKEN = {
    "402": _("It could not be delivered before it was too late."),
    "405": _("The operator could not deliver it."),
}
_NOT_SENT = {
    "406": _("SMSAPI could not send it."),
    "407": _("The operator rejected it."),
}
_STOPPED = {"412": _("It was stopped at SMSAPI.")}
_RESUME = _("Find out in SMSAPI's panel who stopped it.")
_UNDER_WAY = ReceiptNews(ReceiptStatus.SENT)
# None: SMSAPI itself does not know.
RECEIPTS: dict[str, ReceiptNews | None] = {
    "401": None,
    "403": _UNDER_WAY,
    "404": ReceiptNews(ReceiptStatus.DELIVERED),
    "408": None,
    "409": _UNDER_WAY,
    "410": _UNDER_WAY,
    "411": _UNDER_WAY,
    **failures("smsapi", _NOT_TAKEN, fault=Fault.RECIPIENT, prefix="receipt_"),
    **failures("smsapi", _NOT_SENT, fault=Fault.PROVIDER, prefix="receipt_"),
    **failures("smsapi", _STOPPED, fault=Fault.US, remedy=_RESUME, prefix="receipt_"),
}
NOTHING_KNOWN = reason(
    "nothing_known",
    _("SMSAPI itself does not know what became of the message."),
    _("SMSAPI itself does not know what became of the message (%(status)s)."),
    status=WORDS,
)
NOT_OURS = reason("not_ours", _("Neither a receipt of SMSAPI nor a message of a customer."))
