"""States of a message: what each means, who moves a message from which to which, and the one way to move it.

The diagram in docs/states.md is drawn from this table. Nobody else writes `Message.state`; a test sees to it.
"""

import enum
from typing import Any

from django.db.models import Case, F, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from locations.rows.reason_field import ReasonField
from locations.rows.transitions import Transitions
from locations.values.kinds import Kinds


class MessageState(Kinds):
    """Where a message is in its life. `sending` never goes back to `queued` by itself, so that nothing goes twice."""

    QUEUED = "queued", _("queued")
    HELD = "held", _("held")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")
    IN_DOUBT = "in_doubt", _("in doubt")

    @property
    def meaning(self) -> str | Promise:
        """One sentence."""
        return _MEANINGS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _TONES[self]

    @property
    def can_cancel(self) -> bool:
        """Whether it waits with us, so that nothing has left yet."""
        return self in WAITING

    @property
    def can_stop(self) -> bool:
        """Whether it may yet go, or go again, unless somebody says that it is wanted no more."""
        return self in MAY_YET_GO

    @property
    def is_final(self) -> bool:
        """Whether only a late receipt can still change it."""
        return self in FINAL

    @property
    def is_lost(self) -> bool:
        """Whether its customer will not get it."""
        return self in LOST


_QUEUED, _HELD, _SENDING, _SENT, _DELIVERED, _FAILED, _REFUSED, _CANCELLED, _EXPIRED, _IN_DOUBT = MessageState

WAITING = frozenset({_QUEUED, _HELD})
MAY_YET_GO = WAITING | {_SENDING, _IN_DOUBT}
LOST = frozenset({_FAILED, _REFUSED, _CANCELLED, _EXPIRED})
FINAL = LOST | {_DELIVERED}

_MEANINGS = {
    _QUEUED: _("It waits for its moment, its turn or its next try."),
    _HELD: _("It is so late that somebody must say whether it still goes."),
    _SENDING: _("A worker has claimed it: its request is about to leave, or has left."),
    _SENT: _("The provider has taken it."),
    _DELIVERED: _("The provider says that it has arrived."),
    _FAILED: _("The provider would not take it, or could not deliver it."),
    _REFUSED: _("We did not send it: something forbids it."),
    _CANCELLED: _("It was called off before it left."),
    _EXPIRED: _("Its validity ended before it could be sent."),
    _IN_DOUBT: _("The request left and the answer was never seen: it may or may not have arrived."),
}
_TONES = {
    _QUEUED: "grey",
    _HELD: "amber",
    _SENDING: "blue",
    _SENT: "green",
    _DELIVERED: "green",
    _FAILED: "red",
    _REFUSED: "red",
    _CANCELLED: "grey",
    _EXPIRED: "grey",
    _IN_DOUBT: "amber",
}


class By(enum.StrEnum):
    """Who moves messages."""

    CLAIM = "the claim"
    LEASE = "the end of a lease"
    ANSWER = "the provider's answer"
    LOOK_UP = "a look-up"
    RECEIPT = "a receipt"
    LATE_RECEIPT = "a receipt of a former gateway"
    STOP = "a stop"
    EXPIRY = "the end of its validity"
    PERSON = "a person"


TRANSITIONS = Transitions[MessageState, By](
    [
        (By.CLAIM, {_QUEUED}, {_SENDING, _HELD, _REFUSED, _EXPIRED, _CANCELLED, _IN_DOUBT}),
        (By.LEASE, {_SENDING}, {_IN_DOUBT}),
        (By.ANSWER, {_SENDING, _IN_DOUBT}, {_SENT, _DELIVERED, _FAILED, _QUEUED, _EXPIRED, _IN_DOUBT}),
        (By.LOOK_UP, {_IN_DOUBT}, {_SENT, _DELIVERED, _FAILED, _QUEUED, _CANCELLED}),
        (By.RECEIPT, {_QUEUED, _HELD, _IN_DOUBT}, {_SENT, _DELIVERED}),
        (By.RECEIPT, {_SENT}, {_DELIVERED, _FAILED}),
        (By.RECEIPT, {_IN_DOUBT}, {_FAILED}),
        (By.LATE_RECEIPT, {_QUEUED, _HELD}, {_SENT, _DELIVERED}),
        (By.LATE_RECEIPT, {_SENT, _IN_DOUBT, _FAILED, _EXPIRED}, {_DELIVERED}),
        (By.STOP, {_QUEUED, _HELD}, {_CANCELLED}),
        (By.EXPIRY, {_QUEUED}, {_EXPIRED}),
        (By.PERSON, {_HELD}, {_QUEUED, _CANCELLED}),
        (By.PERSON, {_IN_DOUBT}, {_SENT, _FAILED}),
    ]
)
sources, movable, move, set_state = TRANSITIONS.sources, TRANSITIONS.movable, TRANSITIONS.move, TRANSITIONS.set


def move_wanted(messages: QuerySet, by: By, **fields: Any) -> int:
    """Queue them again, or cancel what is wanted no more; `reason` is for the queued ones. One statement."""
    reason = fields.pop("reason")
    is_wanted = When(unwanted="", then=Value(_QUEUED))
    return movable(messages, _QUEUED, by).update(
        state=Case(is_wanted, default=Value(_CANCELLED)),
        reason=Case(When(unwanted="", then=Value(reason, ReasonField())), default=F("unwanted")),
        **fields,
    )
