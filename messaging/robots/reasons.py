"""Why a step ended as it did, or still waits: the kinds of reasons of this room."""

from django.utils.translation import gettext_lazy as _

from locations.models import Channel
from locations.values.reasons import MOMENT, NUMBER, WORDS, Fault, Format, choice, reasons_of
from orders.models import Fulfilment

reason = reasons_of("robots")


def _in_a_sentence(kept: str) -> str:
    return str(Fulfilment(kept).label).lower() if kept in Fulfilment.values else kept


# --- The robot ---

ROBOT_DELETED = reason("robot_deleted", _("The robot was deleted."))
ROBOT_OFF = reason("robot_off", _("The robot was switched off."))

# --- The order ---

LEFT_STAGE = reason("left_stage", _("The order has left the stage."))
ORDER_DELIVERED = reason("order_delivered", _("The order was delivered."))
ORDER_CANCELLED = reason("order_cancelled", _("The order was cancelled."))
NOT_DELIVERED = reason("not_delivered", _("The order was not delivered by then."))
NO_DELIVERY = reason(
    "no_delivery",
    _("The robot tells about deliveries only; this order is none."),
    _("The robot tells about deliveries only; this order is: %(fulfilment)s."),
    fulfilment=Format(Fulfilment.PICKUP, str, _in_a_sentence),
)

# --- The planned arrival ---

ARRIVAL_GONE = reason("arrival_gone", _("The order has no planned arrival any more."))
ARRIVAL_PASSED = reason("arrival_passed", _("The planned arrival has passed."))
ARRIVAL_MOVED = reason("arrival_moved", _("The planned arrival has moved."))
TOLD_ANEW = reason("told_anew", _("The planned arrival has moved: the customer is told anew."))
NO_ROUTE = reason(
    "no_route",
    _("The order is on no route, so nobody knows whether the driver's app is live."),
    fault=Fault.US,
    remedy=_("Untick “only while the driver's app is live” in the robot: then the planned arrival is enough."),
)

# --- Its time ---

EXPIRED = reason(
    "expired",
    _("Its validity ended before it ran."),
    _("Its validity ended: %(at)s."),
    fault=Fault.US,
    remedy=_("See that the worker runs and keeps up, or give the robot a longer validity."),
    at=MOMENT,
)
LATE = reason(
    "late",
    _("It is late: send it still?"),
    _("%(minutes)s minutes late: send it still?"),
    fault=Fault.US,
    remedy=_("Send or discard it on the page “Held for approval”."),
    minutes=NUMBER,
)

# --- Whom it writes to ---

NO_PHONE = reason(
    "no_phone",
    _("There is no phone number in the order, its location or the client's card."),
    fault=Fault.US,
    remedy=_("Write the number into the order or the client's card."),
)
NO_EMAIL = reason(
    "no_email",
    _("There is no e-mail address in the order, its location or the client's card."),
    fault=Fault.US,
    remedy=_("Write the address into the order or the client's card."),
)
NO_MOBILE = reason(
    "no_mobile",
    _("The number cannot receive SMS: it is not a mobile number."),
    _("%(number)s cannot receive SMS: it is not a mobile number."),
    fault=Fault.RECIPIENT,
    remedy=_("Ask the client for a mobile number, or for an e-mail address."),
    number=WORDS,
)

# --- What it says ---

NO_TEXT = reason(
    "no_text",
    _("The template has no text for the channel."),
    _("The template has no text for %(channel)s."),
    fault=Fault.US,
    remedy=_("Write one, or choose another template for the robot."),
    channel=choice(Channel),
)
EMPTY_TEXT = reason(
    "empty_text",
    _("The text is empty once filled."),
    fault=Fault.US,
    remedy=_("Give the template words that do not depend on the order."),
)
TEXT_FAULT = reason(
    "text_fault",
    _("The program failed to fill the text; the log has the details."),
    fault=Fault.US,
    remedy=_("Look into the log; another template for the robot may do meanwhile."),
)
TOO_LONG = reason(
    "too_long",
    _("The filled text takes too many SMS parts."),
    _("The filled text takes %(parts)s SMS parts; at most %(allowed)s are allowed."),
    fault=Fault.US,
    remedy=_("Shorten the template, or allow more parts in the company's settings."),
    parts=NUMBER,
    allowed=NUMBER,
)

# --- What people and the program did ---

DISCARDED_BY = reason("discarded_by", _("Late, somebody discarded it."), _("Late, discarded by %(user)s."), user=WORDS)
GIVEN_UP = reason(
    "given_up",
    _("The program failed or ended three times while working on it, so it is given up; the log has the details."),
    fault=Fault.US,
    remedy=_("Look into the log; write to the client by hand."),
)
