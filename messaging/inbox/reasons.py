"""Why somebody cannot be answered, why a call has no effect, and what the program tells operators by itself."""

from django.utils.translation import gettext_lazy as _

from locations.values.channels import Channel
from locations.values.reasons import NUMBER, REASON, WORDS, Fault, choice, reasons_of

reason = reasons_of("inbox")

# Why a line cannot be used

NEVER_WROTE = reason(
    "never_wrote",
    _("The client never wrote to us, so there is no line to answer by."),
    fault=Fault.RECIPIENT,
    remedy=_("Write by SMS or e-mail instead."),
)
LINE_OFF = reason("line_off", _("The line is switched off."), _("The line “%(line)s” is switched off."), line=WORDS)
GATEWAY_OFF = reason(
    "gateway_off", _("The gateway is switched off."), _("The gateway “%(gateway)s” is switched off."), gateway=WORDS
)
CHAT_OFF = reason("chat_off", _("The chat is switched off: the client finds a feedback form there."))
NO_NUMBER = reason(
    "no_number",
    _("The address is no number that takes messages."),
    _("“%(address)s” is no number that takes messages: nobody can be answered there."),
    fault=Fault.RECIPIENT,
    address=WORDS,
)
WINDOW_OVER = reason(
    "whatsapp_window_over",
    _("WhatsApp takes free text only within 24 hours of the client's last message: use another line."),
    fault=Fault.PROVIDER,
    remedy=_("Use another line, or wait until the client writes again."),
)
TOO_LONG = reason(
    "too_long_for_line",
    _("The text is longer than the line takes."),
    _("“%(line)s” takes at most %(most)s characters, and this has %(count)s: divide it."),
    fault=Fault.US,
    remedy=_("Shorten the text, or divide it."),
    line=WORDS,
    most=NUMBER,
    count=NUMBER,
)
NO_PUBLIC_URL = reason(
    "no_public_url",
    _("Clients cannot reach this site yet: the setting PUBLIC_URL is empty."),
    fault=Fault.US,
    remedy=_("Set PUBLIC_URL to the address by which clients reach this site."),
)
NO_FILES = reason(
    "line_carries_no_files",
    _("The line carries no files, and there is no link to give instead."),
    _("“%(line)s” carries no files, and there is no link to give instead. %(reason)s Send the text alone."),
    fault=Fault.US,
    remedy=_("Send the text alone, or by a line that carries files."),
    line=WORDS,
    reason=REASON,
)
SENDER_BLOCKED = reason("sender_blocked", _("This sender is blocked: unblock them, then answer."))
NOTHING_TO_SAY = reason(
    "nothing_to_say",
    _("Write something, or attach a file."),
    fault=Fault.US,
    remedy=_("Write something, or attach a file."),
)

# Why a file that a customer sent is not there

GATEWAY_GONE = reason(
    "gateway_gone", _("The gateway that it came by was removed."), fault=Fault.US, remedy=_("Ask the client for it.")
)
FETCH_FAILED = reason(
    "fetch_failed",
    _("The program failed to fetch it; the log has the details."),
    fault=Fault.US,
    remedy=_("Look into the log, and ask the client for the file."),
)
UNWANTED = reason("file_unwanted", _("It came with too much at once, or from somebody who is blocked."))

# What of a provider's call has no effect

CAME_BEFORE = reason("came_before", _("The same message came before: it is in the chat."))
OWN_LETTER = reason("own_letter", _("Our own letter came back: nobody answers it."))
TOO_MANY_FILES = reason(
    "too_many_files",
    _("Not all of its files are in the chat."),
    _("Only %(taken)s of its %(sent)s files are in the chat."),
    fault=Fault.RECIPIENT,
    taken=NUMBER,
    sent=NUMBER,
)
NOBODY_WRITES = reason(
    "gateway_without_line",
    _("Nobody can write to this gateway."),
    fault=Fault.PROVIDER,
    remedy=_("Look at the provider's settings: messages of customers belong to another gateway."),
)
UNKNOWN_SENDER = reason("unknown_sender", _("Nobody knows who wrote it."), fault=Fault.PROVIDER)

# What the program tells operators

GATEWAY_PAUSED = reason(
    "gateway_paused",
    _("A gateway is paused."),
    _("The gateway “%(gateway)s” is paused: %(reason)s"),
    gateway=WORDS,
    reason=REASON,
)
GATEWAY_RESUMED = reason(
    "gateway_resumed",
    _("A gateway goes on sending."),
    _("The gateway “%(gateway)s” goes on sending."),
    gateway=WORDS,
)
UNANSWERED = reason(
    "unanswered",
    _("Nobody answered in time."),
    _("Nobody answered within %(minutes)s min."),
    fault=Fault.US,
    remedy=_("Answer the client."),
    minutes=NUMBER,
)
TAKEN_AWAY = reason(
    "assignment_taken_away",
    _("It was taken from whom it was assigned to: anybody may answer."),
    _("It was taken from %(who)s: anybody may answer."),
    who=WORDS,
)
OPTED_OUT = reason(
    "opted_out",
    _("Opted out: nothing more is sent, until they write START."),
    _("Opted out of %(channel)s: nothing more is sent, until they write START."),
    channel=choice(Channel),
)
OPTED_IN = reason("opted_in", _("Opted in again."), _("Opted in to %(channel)s again."), channel=choice(Channel))
DOUBTFUL_SENDER = reason(
    "doubtful_sender",
    _("The mail server could not confirm that this sender wrote it: somebody else may have."),
)
ANSWERS_ELSEWHERE = reason(
    "answers_elsewhere",
    _("It asks for answers to another address."),
    _("Sent from %(sender)s, which asks for answers to %(address)s."),
    sender=WORDS,
    address=WORDS,
)
TOO_MUCH = reason(
    "too_much_at_once",
    _("Too many messages came from this sender at once."),
    _(
        "More than %(most)s messages came from this sender within a minute. The rest is kept here and alarms nobody; "
        "“Block this sender” keeps them off the list."
    ),
    most=NUMBER,
)
RATED = reason(
    "rated", _("The client rated the talk."), _("The client rated the talk: %(rating)s of 5."), rating=NUMBER
)
NO_SENDER = reason(
    "letter_without_sender",
    _("A letter without a sender came."),
    _("A letter without a sender came to “%(line)s”."),
    line=WORDS,
)
