"""Why a mail server does not take a letter, and why a mailbox does not give one."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import NUMBER, WORDS, Fault, reasons_of

smtp, imap = reasons_of("smtp"), reasons_of("imap")

_SETTINGS = _("Check the mail server's settings on the gateway's page, then resume it.")
_MAILBOX = _("Check the mailbox's settings on the gateway's page.")

# --- The server that sends: what it answered, with its own code and words ---------------------------------------------

LOGIN_REFUSED = smtp(
    "login_refused",
    _("The mail server refused the user name or password."),
    _("The mail server refused the user name or password: %(code)s %(words)s"),
    fault=Fault.US,
    remedy=_("Enter the user name and password on the gateway's page anew, then resume it."),
    code=NUMBER,
    words=WORDS,
)
SENDER_REFUSED = smtp(
    "sender_refused",
    _("The mail server refused the sender."),
    _("The mail server refused the sender: %(code)s %(words)s"),
    fault=Fault.US,
    remedy=_("Check the sender's address on the gateway's page, and the account at the mail server; then resume it."),
    code=NUMBER,
    words=WORDS,
)
RECIPIENT_REFUSED = smtp(
    "recipient_refused",
    _("The mail server refused the recipient."),
    _("The mail server refused the recipient: %(code)s %(words)s"),
    fault=Fault.RECIPIENT,
    code=NUMBER,
    words=WORDS,
)
LETTER_REFUSED = smtp(
    "letter_refused",
    _("The mail server refused the letter."),
    _("The mail server refused the letter: %(code)s %(words)s"),
    fault=Fault.UNKNOWN,
    code=NUMBER,
    words=WORDS,
)
NOT_LET_IN = smtp(
    "not_let_in",
    _("The mail server did not let us in."),
    _("The mail server did not let us in: %(code)s %(words)s"),
    fault=Fault.PROVIDER,
    remedy=_SETTINGS,
    code=NUMBER,
    words=WORDS,
)
RELAY_REFUSED = smtp(
    "relay_refused",
    _("The mail server takes no letters to this recipient from our account."),
    _("The mail server refused the recipient: %(code)s %(words)s"),
    fault=Fault.US,
    remedy=_("Look at the account at the mail server, and at its limits; then resume the gateway."),
    code=NUMBER,
    words=WORDS,
)
"""As `RECIPIENT_REFUSED`, for what would meet every letter."""
ACCOUNT_REFUSED = smtp(
    "account_refused",
    _("The mail server takes no letters from our account."),
    _("The mail server refused the letter: %(code)s %(words)s"),
    fault=Fault.US,
    remedy=_("Look at the account at the mail server, and at its limits; then resume the gateway."),
    code=NUMBER,
    words=WORDS,
)
"""As `LETTER_REFUSED`, for what would meet every letter."""

# --- The server that sends: without an answer -------------------------------------------------------------------------

NOT_OFFERED = smtp(
    "not_offered",
    _("The mail server does not offer this encryption or login."),
    fault=Fault.US,
    remedy=_SETTINGS,
)
WRONG_CERTIFICATE = smtp(
    "wrong_certificate",
    _("The mail server's certificate is not valid for its name."),
    fault=Fault.US,
    remedy=_("Write the server's name as its certificate has it, then resume the gateway."),
)
LOST_AFTER = smtp("lost_after", _("The connection was lost after the letter was handed over."), fault=Fault.PROVIDER)
LOST_BEFORE = smtp(
    "lost_before",
    _("The connection to the mail server was lost before the letter was handed over."),
    fault=Fault.PROVIDER,
)
NAME_UNKNOWN = smtp("name_unknown", _("The mail server's name is not known."), fault=Fault.PROVIDER, remedy=_SETTINGS)
NOBODY_THERE = smtp(
    "nobody_there",
    _("Nobody answers at the mail server's address and port."),
    fault=Fault.PROVIDER,
    remedy=_SETTINGS,
)
NO_ANSWER = smtp("no_answer", _("The mail server did not answer in time."), fault=Fault.PROVIDER)
OTHER_ENCRYPTION = smtp(
    "other_encryption",
    _("The mail server does not speak this encryption on this port."),
    fault=Fault.PROVIDER,
    remedy=_SETTINGS,
)
TOO_SLOW = smtp("too_slow", _("The mail server is too slow."), fault=Fault.PROVIDER)
NOT_CONFIRMED = smtp("not_confirmed", _("The mail server did not confirm the letter in time."), fault=Fault.PROVIDER)
TOO_FAST = smtp(
    "too_fast",
    _("Letters come faster than the mail server takes them."),
    fault=Fault.US,
    remedy=_("It goes by itself, a little later."),
)
IMPOSSIBLE = smtp(
    "impossible",
    _("An address or a header of the letter is not possible."),
    fault=Fault.US,
    remedy=_("Correct the address, then send it again."),
)
BOUNCED = smtp(
    "bounced",
    _("The recipient's mail server sent it back."),
    _("The recipient's mail server sent it back (%(code)s)."),
    fault=Fault.RECIPIENT,
    code=WORDS,
)
BOUNCED_WITHOUT_CODE = smtp(
    "bounced_without_code", _("The recipient's mail server sent it back (no code)."), fault=Fault.RECIPIENT
)
NOT_A_LETTER = smtp("not_a_letter", _("Not a letter."))

# --- The mailbox ------------------------------------------------------------------------------------------------------

WRONG_LOGIN = imap(
    "wrong_login",
    _("The mailbox does not know this user name with this password."),
    fault=Fault.US,
    remedy=_("Enter the mailbox's user name and password on the gateway's page anew."),
)
WRONG_ENCRYPTION = imap(
    "wrong_encryption",
    _("The mailbox's encryption does not work: check the port and the kind of encryption."),
    fault=Fault.US,
    remedy=_MAILBOX,
)
NOT_REACHED = imap("not_reached", _("The server of the mailbox could not be reached."), fault=Fault.PROVIDER)
LETTER_NOT_GIVEN = imap(
    "letter_not_given",
    _("The mailbox does not give a letter."),
    _("The mailbox does not give a letter: %(words)s"),
    fault=Fault.PROVIDER,
    words=WORDS,
)
REFUSED = imap(
    "refused",
    _("The mailbox refused."),
    _("The mailbox refused: %(words)s"),
    fault=Fault.PROVIDER,
    remedy=_MAILBOX,
    words=WORDS,
)
LATIN_NAMES_ONLY = imap(
    "latin_names_only",
    _("This server takes no user name with letters beyond the English alphabet."),
    fault=Fault.US,
    remedy=_("Ask for a mailbox whose name has English letters only."),
)
MADE_ANEW = imap("made_anew", _("The mailbox was made anew: look for the file there."), fault=Fault.PROVIDER)
REST_FOLLOWS = imap("rest_follows", _("The letter is large and the line slow: the rest follows."), fault=Fault.PROVIDER)
LETTER_TOO_LARGE = imap(
    "letter_too_large", _("The letter is too large: look for the file in the mailbox."), fault=Fault.RECIPIENT
)
LETTER_GONE = imap("letter_gone", _("The letter is no longer in the mailbox."), fault=Fault.PROVIDER)
NO_SUCH_FILE = imap("no_such_file", _("The letter has no such file."), fault=Fault.PROVIDER)
