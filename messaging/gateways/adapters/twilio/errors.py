"""What Twilio's error codes mean for a message: a table, from https://www.twilio.com/docs/api/errors.

The same codes come in answers to a request and later in receipts.
"""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import WORDS, reasons_of

from ..error_tables import refusals, with_code
from ..outcomes import Fault, Refused

PROVIDER = "Twilio"
reason = reasons_of("twilio")

_ACCOUNT = {
    10001: _("The Twilio account is not active."),
    10002: _("A trial account of Twilio may not do this."),
    20003: _("Twilio does not know this Account SID with this Auth Token, or it may not send."),
    20005: _("The Twilio account is not active."),
    20404: _("Twilio knows no such account."),
    30002: _("The Twilio account is suspended."),
    30037: _("Twilio does not send for this account any more."),
    63020: _("The business account behind this sender is not approved by the channel."),
    63051: _("The channel has locked the business account behind this sender."),
}
_SENDER = {
    21210: _("The sender's number of this gateway is not verified at Twilio."),
    21212: _("The sender of this gateway is not a number or a name that Twilio accepts."),
    21601: _("The sender's number of this gateway cannot send SMS."),
    21603: _("This gateway has neither a sender nor a messaging service."),
    21606: _("The sender's number of this gateway cannot send SMS, or is not yours."),
    21607: _("The sender's number of this gateway cannot send SMS with a trial account."),
    21657: _("The sender's name of this gateway is not valid."),
    21659: _("The sender's number of this gateway is not a number of Twilio, or cannot send SMS in that country."),
    21660: _("The sender's number of this gateway does not belong to the account."),
    21661: _("The sender's number of this gateway cannot send SMS."),
    21701: _("The messaging service of this gateway does not exist."),
    21702: _("The messaging service of this gateway cannot be used."),
    21703: _("The messaging service of this gateway has no sender that could be used."),
    21704: _("The messaging service of this gateway has no senders."),
    21705: _("The messaging service of this gateway does not exist."),
    21709: _("The messaging service of this gateway lacks the name that was asked for."),
    21711: _("The sender of this gateway belongs to another messaging service."),
    21712: _("The sender of this gateway belongs to another messaging service."),
    63001: _("The channel does not accept the login that Twilio has for this sender."),
    63002: _("The channel does not know the sender of this gateway."),
    63007: _("Twilio has no channel with the sender of this gateway."),
    63008: _("The channel of this sender is not set up rightly at Twilio."),
}
_REQUEST = {
    21602: _("The message has no text."),
    21604: _("The message has no recipient."),
    21609: _("Twilio does not accept the address for receipts."),
    21617: _("The text is longer than 1600 characters."),
    21619: _("The message has neither a text nor a file."),
    21618: _("Twilio does not accept the text."),
    21620: _("Twilio does not accept the address of the attached file."),
    21623: _("The message has too many files."),
    21624: _("Twilio does not accept the message's validity."),
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
_PAIR = {
    21266: _("The sender and the recipient are one number."),
    21612: _("No operator can reach this number from this sender."),
}
_NOT_REACHED = {
    21265: _("Twilio cannot send to a short number."),
    30004: _("The recipient, or the operator, blocks these messages."),
    63014: _("The recipient has blocked the sender."),
    63033: _("The recipient has blocked the sender."),
}
_NOT_ALLOWED = {
    13227: _("Calls to this country are not allowed for the account."),
    21215: _("Calls to this country are not allowed for the account."),
    21219: _("A trial account may call verified numbers only."),
    21408: _("Sending to this country is not allowed for the account."),
    30018: _("The recipient's country wants the sender's name to be registered first."),
    30024: _("The recipient's country wants the sender's number to be registered first."),
    30032: _("The toll-free number of this gateway is not verified."),
    30034: _("The sender's number is not registered for the United States (A2P 10DLC)."),
    30035: _("The registration of the sender's number (A2P 10DLC) is not complete yet."),
    30042: _("The recipient's operator does not take messages from this sender."),
    30044: _("A trial account may send short messages only."),
    63015: _("The recipient has not joined the WhatsApp sandbox of Twilio."),
    21608: _("A trial account may send to verified numbers only."),
}
_CONTENT = {
    30007: _("The operator took the text for spam."),
    63005: _("The channel refused the content."),
    63013: _("The text breaks the channel's rules."),
    63016: _("More than 24 hours after the customer's last words only an approved template may be sent."),
    63021: _("The channel refused the content."),
    63027: _("The provider's template does not exist in this language."),
    63032: _("WhatsApp does not send this message to this person now: its own limit for them."),
    63040: _("The provider's template was rejected."),
    63049: _("WhatsApp chose not to deliver this advertising message."),
}
_TOO_MANY_TO_ONE = {14107: _("Too many replies to one number in a short time.")}
_SLOWER = {
    10004: _("Too many calls at a time for the Twilio account."),
    20429: _("Twilio asks to slow down."),
    30022: _("The operator's limit of messages for this sender is reached; it will take more later."),
    63017: _("The channel asks to slow down."),
    63018: _("The channel asks to slow down."),
}
_FULL = {
    21611: _("The sender's queue at Twilio is full."),
    30001: _("The sender's queue at Twilio is full."),
}
_UNTIL_TOMORROW = {
    30023: _("The operator's limit of messages for this day is reached."),
    63038: _("The account's limit of messages for this day is reached."),
}
_LATER = {
    30003: _("The phone is switched off or out of reach."),
    30008: _("The operator did not say why it was not delivered."),
    30017: _("The operator's network is overloaded."),
    30036: _("It could not be delivered before it was too late."),
    30410: _("The operator did not answer Twilio in time."),
    30450: _("Messages to this number are blocked for a quarter of an hour."),
    30453: _("Messages to this number are blocked for a while."),
    30454: _("Messages to this number are blocked for a while."),
    30500: _("Twilio had an internal fault."),
    63010: _("The channel had an internal fault."),
    63012: _("The channel had an internal fault."),
}
REPLIES_SECONDS = 30
QUEUE_SECONDS = 600  # the queue of a sender is worked off over hours
LIMIT_SECONDS = 3600  # a new day begins somewhere, Twilio does not say where: it is asked once an hour

_CONSOLE = _("Set the account right in Twilio's console, then resume the gateway.")
_OTHER_SENDER = _("Choose another sender on the gateway's page or set this one up at Twilio, then resume the gateway.")
_TEXT = _("Change the text, then send it again.")
_OTHER_NUMBER = _("Check the number, or choose another sender on the gateway's page.")
_ALLOW = _("Allow it or register the sender in Twilio's console, then send it again.")
_LIMIT = _("It goes on tomorrow; ask Twilio for a higher limit if that is too late.")
_TRIAL = _("Upgrade the trial account in Twilio's console, then resume the gateway.")

VERDICTS: dict[int, Refused] = {
    **refusals("twilio", _ACCOUNT, fault=Fault.US, remedy=_CONSOLE, permanent=False, pauses_gateway=True),
    **refusals("twilio", _SENDER, fault=Fault.US, remedy=_OTHER_SENDER, permanent=False, pauses_gateway=True),
    **refusals("twilio", _REQUEST, fault=Fault.US, remedy=_TEXT),
    **refusals("twilio", _NUMBER, fault=Fault.RECIPIENT, is_address_dead=True),
    **refusals("twilio", _OPTED_OUT, fault=Fault.RECIPIENT, opted_out=True),
    **refusals("twilio", _PAIR, fault=Fault.US, remedy=_OTHER_NUMBER),
    **refusals("twilio", _NOT_REACHED, fault=Fault.RECIPIENT),
    **refusals("twilio", _NOT_ALLOWED, fault=Fault.US, remedy=_ALLOW),
    **refusals("twilio", _CONTENT, fault=Fault.US, remedy=_TEXT),
    **refusals("twilio", _LATER, fault=Fault.PROVIDER, permanent=False),
    **refusals(
        "twilio",
        _TOO_MANY_TO_ONE,
        fault=Fault.PROVIDER,
        permanent=False,
        slows="recipient",
        retry_after=REPLIES_SECONDS,
    ),
    **refusals("twilio", _SLOWER, fault=Fault.PROVIDER, permanent=False, slows="gateway"),
    **refusals("twilio", _FULL, fault=Fault.PROVIDER, permanent=False, slows="gateway", retry_after=QUEUE_SECONDS),
    **refusals(
        "twilio",
        _UNTIL_TOMORROW,
        fault=Fault.US,
        remedy=_LIMIT,
        permanent=False,
        slows="gateway",
        retry_after=LIMIT_SECONDS,
    ),
}
_TRIAL_LIMIT = refusals(
    "twilio",
    {"trial_limit": _("A limit of the trial account at Twilio is reached.")},
    fault=Fault.US,
    remedy=_TRIAL,
    permanent=False,
    pauses_gateway=True,
)["trial_limit"]


def find_verdict(code: int) -> Refused | None:
    """What a code means; None for one that nobody has seen yet. 572xxx and 573xxx are a trial account's limits."""
    if code // 1000 in (572, 573):
        return with_code(_TRIAL_LIMIT, code)
    return VERDICTS.get(code)


# --- Beside the tables ------------------------------------------------------------------------------------------------

NOT_DELIVERED = reason(
    "not_delivered",
    _("Twilio could not deliver it."),
    fault=Fault.UNKNOWN,
    remedy=_("Look the code up in Twilio's console."),
)
LIST_TOO_LONG = reason(
    "list_too_long",
    _("Twilio's list of messages to this number could not be read to its end."),
    fault=Fault.UNKNOWN,
)
MAY_BE_ANOTHER = reason(
    "may_be_another",
    _("Twilio has a message to this number that may be this one, or another."),
    fault=Fault.UNKNOWN,
)
NOT_AT_TWILIO = reason("not_at_twilio", _("The file does not lie at Twilio."), fault=Fault.PROVIDER)
FILE_GONE = reason("file_gone", _("Twilio does not have the file any more."), fault=Fault.PROVIDER)
NOT_OURS = reason("not_ours", _("Neither a receipt of Twilio nor a message of a customer."))
NOT_A_CALL = reason("not_a_call", _("Not about a call of ours."))
OTHER_GATEWAY = reason(
    "other_gateway",
    _("SMS and WhatsApp have a gateway each: this call came to the address of the other one."),
    fault=Fault.US,
    remedy=_("Enter the other gateway's address for this sender in Twilio's console."),
)
UNKNOWN_TYPE = reason(
    "unknown_type",
    _("Twilio's message type is not known."),
    _("Twilio's message type “%(kind)s” is not known."),
    kind=WORDS,
)
UNKNOWN_CALL_STATUS = reason(
    "unknown_call_status",
    _("Twilio's status of a call is not known."),
    _("Twilio's status “%(status)s” of a call is not known."),
    status=WORDS,
)
TOO_LONG_TO_SAY = reason(
    "too_long_to_say",
    _("The text is too long for a call."),
    fault=Fault.US,
    remedy=_("Shorten the text, then send it again."),
)
