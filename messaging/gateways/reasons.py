"""Reasons that are the same at every provider; those of one provider stand beside its adapter."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import NUMBER, WORDS, Fault, reasons_of

reason = reasons_of("gateways")

READ_THE_LOG = _("Send the log to whoever looks after this program.")

# --- A request and its answer -----------------------------------------------------------------------------------------

REFUSED_BY_PROVIDER = reason(
    "refused_by_provider",
    _("The provider refused it in words of its own."),
    _("%(provider)s refused it: %(words)s"),
    fault=Fault.UNKNOWN,
    remedy=_("Look at the account in the provider's panel."),
    provider=WORDS,
    code=WORDS,
    words=WORDS,
)
"""Whatever a provider says with a code that is in no table. `code`: "" if it gave none."""
NOT_REACHED = reason(
    "not_reached",
    _("The provider could not be reached."),
    _("%(provider)s could not be reached."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
NO_ANSWER = reason("no_answer", _("The provider did not answer in time."), fault=Fault.PROVIDER)
CUT_OFF = reason(
    "cut_off",
    _("The provider did not answer in time, or the connection was cut."),
    _("%(provider)s did not answer in time, or the connection was cut."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
UNREADABLE_ANSWER = reason(
    "unreadable_answer",
    _("The provider's answer could not be read."),
    _("%(provider)s's answer could not be read."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
INTERNAL_FAULT = reason(
    "internal_fault",
    _("The provider had an internal fault; the message may have been taken or not."),
    _("%(provider)s had an internal fault; the message may have been taken or not."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
SEND_FAILED = reason(
    "send_failed",
    _("The program failed while sending; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)
CHECK_FAILED = reason(
    "check_failed",
    _("The program failed to read what the provider answered; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)
CREDENTIALS_UNREADABLE = reason(
    "credentials_unreadable",
    _(
        "A gateway's credentials were encrypted with another key: put that key into CREDENTIALS_KEYS, "
        "or enter the credentials again."
    ),
    fault=Fault.US,
    remedy=_("Put the former key into the setting CREDENTIALS_KEYS, or enter the credentials on the gateway's page."),
)

# --- What became of a message -----------------------------------------------------------------------------------------

NOT_SAID = reason(
    "not_said",
    _("The provider did not say whether it has the message."),
    _("%(provider)s did not say whether it has the message."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
UNKNOWN_STATUS = reason(
    "unknown_status",
    _("The provider's status of a message is not known."),
    _("%(provider)s's status “%(status)s” of a message is not known."),
    provider=WORDS,
    status=WORDS,
)
UNKNOWN_MESSAGE = reason("unknown_message", _("It is about a message that is not ours, or was removed."))

# --- What providers call us with --------------------------------------------------------------------------------------

READ_FAILED = reason(
    "read_failed",
    _("The program failed to read it; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)
KEEP_FAILED = reason(
    "keep_failed",
    _("The program failed to keep it; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)
GIVEN_UP = reason(
    "given_up",
    _("The program failed or ended three times while working on it, so it is given up; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)
UNKNOWN_CODES = reason(
    "unknown_codes",
    _("Several messages in a row were refused with a code that this program does not know."),
    _(
        "%(count)s messages in a row were refused with the code %(code)s, which this program does not know: the "
        "account may be at fault. Look at the provider's panel, then resume."
    ),
    fault=Fault.UNKNOWN,
    remedy=_("Look at the account in the provider's panel, then resume the gateway."),
    count=NUMBER,
    code=WORDS,
)
NOT_TO_BE_SHOWN = reason("not_to_be_shown", _("Somebody wrote what cannot be shown here."))
CALL_TOO_LARGE = reason("call_too_large", _("A call was larger than 64 KB and was turned away."), fault=Fault.PROVIDER)
WRONG_SIGNATURE = reason(
    "wrong_signature",
    _("A call was turned away: its signature is wrong, or the secret here is another one."),
    fault=Fault.UNKNOWN,
    remedy=_("Compare the secret on this page with the one in the provider's panel."),
)
POLL_FAILED = reason(
    "poll_failed",
    _("The program failed to read what the provider had; the log has the details."),
    fault=Fault.US,
    remedy=READ_THE_LOG,
)

# --- Files that customers sent ----------------------------------------------------------------------------------------

FILE_TOO_LARGE = reason(
    "file_too_large",
    _("The file is too large."),
    _("The file is larger than %(megabytes)s MB."),
    fault=Fault.RECIPIENT,
    megabytes=NUMBER,
)
FILE_NOT_GIVEN = reason(
    "file_not_given",
    _("The provider did not give the file."),
    _("%(provider)s did not give the file."),
    fault=Fault.PROVIDER,
    provider=WORDS,
)
