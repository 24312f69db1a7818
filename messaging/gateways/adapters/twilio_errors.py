"""What Twilio's error codes mean for a message: a table, from https://www.twilio.com/docs/api/errors.

The same codes come in answers to a request and later in receipts.
"""

from django.utils.translation import gettext_lazy as _

from .outcomes import Fault, Refused


def _rows(sentences: dict[int, str], *, fault: Fault, permanent: bool = True, **marks: bool) -> dict[int, Refused]:
    """`marks`: further fields of Refused, the same for each code."""
    return {code: Refused(sentence, permanent, fault, str(code), **marks) for code, sentence in sentences.items()}


_ACCOUNT = {
    10001: _("The Twilio account is not active."),
    20003: _("Twilio does not know this Account SID with this Auth Token, or it may not send."),
    20005: _("The Twilio account is not active."),
    20404: _("Twilio knows no such account."),
    30002: _("The Twilio account is suspended."),
}
_SENDER = {
    21212: _("The sender of this gateway is not a number or a name that Twilio accepts."),
    21603: _("This gateway has neither a sender nor a messaging service."),
    21606: _("The sender's number of this gateway cannot send SMS, or is not yours."),
    21660: _("The sender's number of this gateway does not belong to the account."),
    21703: _("The messaging service of this gateway has no sender that could be used."),
    21704: _("The messaging service of this gateway has no senders."),
    21705: _("The messaging service of this gateway does not exist."),
}
_REQUEST = {
    21602: _("The message has no text."),
    21604: _("The message has no recipient."),
    21609: _("Twilio does not accept the address for receipts."),
    21617: _("The text is longer than 1600 characters."),
    21619: _("The message has neither a text nor a file."),
    21620: _("Twilio does not accept the address of the attached file."),
    21623: _("The message has too many files."),
    21654: _("The provider's template does not exist."),
    21655: _("The provider's template does not exist."),
    21656: _("The values for the provider's template do not fit it."),
    35111: _("Twilio cannot send at that time."),
    35114: _("Twilio cannot send at that time."),
    35115: _("Twilio cannot schedule this message."),
    35117: _("Twilio cannot schedule this message."),
    35118: _("Twilio can schedule messages of a messaging service only."),
    35126: _("Twilio cannot schedule this message."),
}
_NUMBER = {
    21211: _("The number does not exist."),
    21214: _("The number cannot be called."),
    21217: _("The number does not exist."),
    21614: _("The number cannot receive SMS."),
    21635: _("The number is a landline and cannot receive SMS."),
    30005: _("The number is unknown or no longer in use."),
    30006: _("The number is a landline, or its operator cannot be reached."),
    63003: _("The recipient has no account in this channel."),
    63024: _("The recipient has no account in this channel."),
}
_OPTED_OUT = {21610: _("The recipient has opted out (STOP).")}
_NOT_REACHED = {
    21612: _("No operator can reach this number from this sender."),
    30004: _("The recipient, or the operator, blocks these messages."),
    63014: _("The recipient has blocked the sender."),
    63033: _("The recipient has blocked the sender."),
}
_NOT_ALLOWED = {
    13227: _("Calls to this country are not allowed for the account."),
    21215: _("Calls to this country are not allowed for the account."),
    21219: _("A trial account may call verified numbers only."),
    21408: _("Sending to this country is not allowed for the account."),
    21608: _("A trial account may send to verified numbers only."),
}
_CONTENT = {
    30007: _("The operator took the text for spam."),
    63005: _("The channel refused the content."),
    63013: _("The text breaks the channel's rules."),
    63016: _("More than 24 hours after the customer's last words only an approved template may be sent."),
    63021: _("The channel refused the content."),
    63027: _("The provider's template does not exist in this language."),
    63040: _("The provider's template was rejected."),
}
_LATER = {
    14107: _("Too many replies to one number in a short time."),
    20429: _("Twilio asks to slow down."),
    21611: _("The sender's queue at Twilio is full."),
    30001: _("The sender's queue at Twilio is full."),
    30003: _("The phone is switched off or out of reach."),
    30008: _("The operator did not say why it was not delivered."),
    30017: _("The operator's network is overloaded."),
    30036: _("It could not be delivered before it was too late."),
    30410: _("The operator did not answer Twilio in time."),
    30450: _("Messages to this number are blocked for a quarter of an hour."),
    30500: _("Twilio had an internal fault."),
    63018: _("The channel asks to slow down."),
}

VERDICTS: dict[int, Refused] = {
    **_rows(_ACCOUNT, fault=Fault.US, permanent=False, pauses_gateway=True),
    **_rows(_SENDER, fault=Fault.US, permanent=False, pauses_gateway=True),
    **_rows(_REQUEST, fault=Fault.US),
    **_rows(_NUMBER, fault=Fault.RECIPIENT, is_address_dead=True),
    **_rows(_OPTED_OUT, fault=Fault.RECIPIENT, opted_out=True),
    **_rows(_NOT_REACHED, fault=Fault.RECIPIENT),
    **_rows(_NOT_ALLOWED, fault=Fault.US),
    **_rows(_CONTENT, fault=Fault.US),
    **_rows(_LATER, fault=Fault.PROVIDER, permanent=False),
}
