"""Why a message is as it is: held, refused, cancelled, expired, in doubt, tried again."""

from django.utils.translation import gettext_lazy as _

from locations.values.channels import Channel
from locations.values.reasons import DAY, MOMENT, NUMBER, REASON, SECOND, WORDS, Fault, choice, reasons_of

reason = reasons_of("outbox")

ASK_FIRST = _("Ask the provider or the customer, then say on the message's page whether it arrived.")
RESUME = _("See under “Gateways” that one works for this channel; send the message again if it is still wanted.")

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
    _("Marked as unusable on %(since)s: %(reason)s"),
    fault=Fault.RECIPIENT,
    remedy=_("Correct the address; if it works again, take its mark away under “Unusable addresses”."),
    since=DAY,
    reason=REASON,
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
LINE_GONE = reason(
    "line_gone",
    _("The gateway of this line is switched off or was removed."),
    fault=Fault.US,
    remedy=_("Switch the gateway on, or answer by another line."),
)
ACCOUNT_EMPTY = reason(
    "account_empty",
    _("The account of the gateway is empty: top it up first."),
    _("The account of the gateway “%(gateway)s” is empty: top it up first."),
    fault=Fault.US,
    remedy=_("Top the account up at the provider."),
    gateway=WORDS,
)

# --- Too late ---

LATE = reason(
    "late",
    _("It is late: send it still?"),
    _("%(minutes)s minutes late: send it still?"),
    fault=Fault.US,
    remedy=_("Send it after all, or discard it."),
    minutes=NUMBER,
)
EXPIRED = reason(
    "expired",
    _("Its validity ended before it could be sent."),
    _("Its validity ended at %(at)s, before it could be sent."),
    fault=Fault.US,
    remedy=RESUME,
    at=MOMENT,
)
EXPIRED_WHILE_PAUSED = reason(
    "expired_while_paused",
    _("Its validity ended while its gateway was paused."),
    _("Its validity ended at %(at)s, while its gateway “%(gateway)s” was paused."),
    fault=Fault.US,
    remedy=_("Resume the gateway; send the message again if it is still wanted."),
    at=MOMENT,
    gateway=WORDS,
)

# --- What people decided ---

CANCELLED_BY = reason("cancelled_by", _("Cancelled by a person."), _("Cancelled by %(user)s."), user=WORDS)
ORDER_DELETED = reason("order_deleted", _("The order was deleted."))
DEMO_REMOVED = reason("demo_removed", _("The demo was removed."))
APPROVED = reason("approved", _("Late, approved by hand."))
SETTLED_ARRIVED = reason("settled_arrived", _("Settled by hand: it arrived."))
SETTLED_LOST = reason("settled_lost", _("Settled by hand: it did not arrive."))
NOT_SENT_AGAIN = reason(
    "not_sent_again", _("It is not sent again."), _("It is not sent again: %(reason)s"), reason=REASON
)

# --- What follows a try ---

NEXT_TRY = reason(
    "next_try",
    _("It is tried again."),
    _("Next try %(at)s, %(number)s of %(most)s."),
    at=SECOND,
    number=NUMBER,
    most=NUMBER,
)
NEXT_TRY_AT = reason("next_try_at", _("It is tried again after a while."), _("Next try %(at)s."), at=SECOND)
WAITS_FOR_TURN = reason("waits_for_turn", _("It waits for its turn."))
GIVEN_UP = reason("given_up", _("Given up."), _("Given up after %(tries)s tries."), tries=NUMBER)
GIVEN_UP_AFTER = reason("given_up_after", _("Given up."), _("Given up after %(hours)s hours."), hours=NUMBER)
NEXT_TRY_TOO_LATE = reason("next_try_too_late", _("The next try would come after its validity."))
VALIDITY_ENDED = reason("validity_ended", _("Its validity ended."), _("Its validity ended at %(at)s."), at=MOMENT)

# --- Why a request was not begun ---

SENDING_STOPPED = reason("sending_stopped", _("All sending was stopped before it left; it waits."))
HELD_UP = reason("held_up", _("The worker was held up; it is queued again."))
SLOWED = reason("slowed", _("The provider has asked to slow down."))
SETTINGS_INCOMPLETE = reason(
    "settings_incomplete",
    _("The gateway's settings are incomplete: open it, fill them in and resume it."),
    fault=Fault.US,
    remedy=_("Open the gateway, fill in what is missing and resume it."),
)
FILE_GONE = reason(
    "file_gone",
    _("A file that goes with it is gone from the disk."),
    _("The file “%(name)s” is gone from the disk."),
    fault=Fault.US,
    remedy=_("Attach the file anew and send a new message."),
    name=WORDS,
)

# --- In doubt ---

INTERRUPTED = reason(
    "interrupted",
    _("The program was interrupted while sending: it may or may not have arrived."),
    fault=Fault.US,
    remedy=ASK_FIRST,
)
MAY_HAVE_ARRIVED = reason("may_have_arrived", _("It may or may not have arrived."))
KEY_LOST = reason(
    "key_lost",
    _("Its gateway, which alone could take it under the same key, is switched off or gone: find out if it arrived."),
    fault=Fault.US,
    remedy=ASK_FIRST,
)
ASKING_FAILED = reason(
    "asking_failed",
    _("The program failed while asking; the log has the details."),
    fault=Fault.US,
    remedy=ASK_FIRST,
)
ASKED_AGAIN = reason(
    "asked_again", _("The provider is asked again."), _("The provider is asked again at %(at)s."), at=SECOND
)
ASKED_NO_MORE = reason("asked_no_more", _("The provider is not asked any more: find out whether it arrived."))
NOT_FOUND_SO_FAR = reason(
    "not_found_so_far",
    _("The provider does not have it so far; it must say so twice before it is sent again."),
)
NEVER_TAKEN = reason("never_taken", _("The provider never took it, so it is sent again."))
SAME_KEY = reason("same_key", _("It is sent again under the same key, which the provider takes once only."))
SAME_KEY_UNANSWERED = reason(
    "same_key_unanswered",
    _("Sent several times under the same key, never answered: find out whether it arrived."),
    _("Sent %(tries)s times under the same key, never answered: find out whether it arrived."),
    fault=Fault.PROVIDER,
    remedy=ASK_FIRST,
    tries=NUMBER,
)
GIVEN_UP_UNANSWERED = reason(
    "given_up_unanswered",
    _("Given up after the last try without an answer."),
    _("Given up after %(tries)s tries without an answer."),
    fault=Fault.PROVIDER,
    tries=NUMBER,
)
TWIN_FOUND = reason(
    "twin_found",
    _("The provider has a message with the same words to the same address, but that is another one of ours."),
    remedy=ASK_FIRST,
)
WORKER_ASLEEP = reason(
    "worker_asleep",
    _("The provider does not have it. It is not sent again by itself, since an interrupted worker might still do so."),
    fault=Fault.US,
    remedy=ASK_FIRST,
)
GATEWAY_CHANGED = reason(
    "gateway_changed",
    _("The gateway was changed since it was tried. If that is another account now, it knows nothing of the message."),
    remedy=ASK_FIRST,
)

# --- What a gateway that it has left says of it ---

TAKEN_TOO = reason(
    "taken_too",
    _("A former gateway has taken it too: the customer may get it twice."),
    _("“%(gateway)s” has taken it too: the customer may get it twice."),
    gateway=WORDS,
)
DELIVERED_AFTER_ALL = reason(
    "delivered_after_all",
    _("A former gateway delivered it after all."),
    _("“%(gateway)s” delivered it after all."),
    gateway=WORDS,
)
DELIVERED_TWICE = reason(
    "delivered_twice",
    _("A former gateway delivered it too: the customer may have got it twice."),
    _("“%(gateway)s” delivered it too: the customer may have got it twice."),
    gateway=WORDS,
)
