"""What SMSAPI's error codes and receipts' states mean for a message: tables, from https://www.smsapi.pl/docs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from ..news import ReceiptNews, ReceiptStatus
from ..outcomes import Fault, Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ALREADY_TAKEN = 53  # this `idx` was accepted before
IN_DOUBT = {200, 201, 998, 999}  # internal faults


def _rows(
    sentences: Mapping[int, "StrOrPromise"], *, fault: Fault, permanent: bool = True, **marks: Any
) -> dict[int, Refused]:
    """`marks`: further fields of Refused, the same for each code."""
    return {code: Refused(sentence, permanent, fault, str(code), **marks) for code, sentence in sentences.items()}


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
    **_rows(_ACCOUNT, fault=Fault.US, permanent=False, pauses_gateway=True),
    **_rows(_NO_NUMBER, fault=Fault.RECIPIENT),
    **_rows(_OPTED_OUT, fault=Fault.RECIPIENT, opted_out=True),
    **_rows(_BLOCKED, fault=Fault.RECIPIENT),
    **_rows(_NOT_ALLOWED, fault=Fault.US),
    **_rows(_REQUEST, fault=Fault.US),
    **_rows(_TOO_MANY_TO_ONE, fault=Fault.PROVIDER, permanent=False, slows="recipient", retry_after=60),
    **_rows(_SLOWER, fault=Fault.PROVIDER, permanent=False, slows="gateway"),
    **_rows(_LATER, fault=Fault.PROVIDER, permanent=False),
}


def _failed(code: str, sentence: "StrOrPromise", fault: Fault) -> ReceiptNews:
    return ReceiptNews(ReceiptStatus.FAILED, code=code, sentence=sentence, fault=fault)


_UNDER_WAY = ReceiptNews(ReceiptStatus.SENT)
# None: SMSAPI itself does not know.
RECEIPTS: dict[str, ReceiptNews | None] = {
    "401": None,
    "402": _failed("402", _("It could not be delivered before it was too late."), Fault.RECIPIENT),
    "403": _UNDER_WAY,
    "404": ReceiptNews(ReceiptStatus.DELIVERED),
    "405": _failed("405", _("The operator could not deliver it."), Fault.RECIPIENT),
    "406": _failed("406", _("SMSAPI could not send it."), Fault.PROVIDER),
    "407": _failed("407", _("The operator rejected it."), Fault.PROVIDER),
    "408": None,
    "409": _UNDER_WAY,
    "410": _UNDER_WAY,
    "411": _UNDER_WAY,
    "412": _failed("412", _("It was stopped at SMSAPI."), Fault.US),
}
