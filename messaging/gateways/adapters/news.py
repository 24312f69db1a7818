"""What providers tell us afterwards: receipts, customers' answers, what is left on the account."""

import datetime
import enum
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.http import QueryDict

from locations.errors import WithReason
from locations.values.reasons import NONE, Reason

from .outcomes import Fault, Refused

MOST = Decimal(10) ** 10  # of any currency: beyond that nobody reads it
FORM = "application/x-www-form-urlencoded"


class ReceiptStatus(enum.StrEnum):
    """How far a message has come at the provider."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class ReceiptNews:
    """What became of a message, which is named by our own key, by the provider's number, or by both.

    `other_keys`: it may be one of these instead, if nobody knows `message_key`. `at`: when it happened, if the provider
    says so. The rest as in `Refused`, for one that failed.
    """

    status: ReceiptStatus
    message_key: str = ""
    provider_id: str = ""
    code: str = ""
    reason: Reason = NONE
    fault: Fault | None = None
    at: datetime.datetime | None = None
    is_address_dead: bool = False
    opted_out: bool = False
    other_keys: tuple[str, ...] = ()
    pauses_gateway: bool = False

    @property
    def refusal(self) -> Refused:
        """The same as an answer would say it."""
        fault = self.fault or Fault.UNKNOWN
        names = ("is_address_dead", "opted_out", "pauses_gateway")
        marks = {name: getattr(self, name) for name in names}
        return Refused(self.reason, True, fault, self.code, **marks)


class Command(enum.StrEnum):
    """What the provider itself has taken a customer's words for, and acted on."""

    STOP = "stop"
    START = "start"


@dataclass(frozen=True)
class InboundFile:
    """A file that a customer sent. `reference`: what `fetch_media` gets it by. `size`: bytes, 0 if nobody said."""

    reference: str
    name: str = ""
    content_type: str = ""
    size: int = 0


@dataclass(frozen=True)
class InboundNews:
    """What a customer wrote. `sender`, `to`: E.164 or as the provider names them.

    `name`: how the provider calls the sender. `whole`: a letter in full, if `text` leaves out what it quotes. `thread`:
    headers of a reply that joins this letter (e-mail). `is_automatic`: no person wrote it, and nobody may answer it by
    machine. `is_for_people`: only a person may answer or act on it, since it came by a list or could not be read.
    `is_doubtful`: the receiving server found that somebody else may have written it in the sender's name.
    `written_from`: the address it was sent from, if it asks to be answered at `sender`. `own_key`: it may be this
    message of ours, come back. `pass_word`: what came with a link that we had given to a client. `command`: what the
    provider has acted on already.
    """

    sender: str
    to: str
    text: str
    provider_id: str = ""
    at: datetime.datetime | None = None
    name: str = ""
    subject: str = ""
    whole: str = ""
    files: tuple[InboundFile, ...] = ()
    thread: dict[str, str] = field(default_factory=dict)
    is_automatic: bool = False
    is_for_people: bool = False
    is_doubtful: bool = False
    written_from: str = ""
    own_key: str = ""
    pass_word: str = ""
    command: Command | None = None


@dataclass(frozen=True)
class Unclear:
    """A part of a call that has no effect, and why.

    `must_be_seen`: somebody has to look at it; False for what is understood and deliberately passed over.
    """

    reason: Reason
    must_be_seen: bool = True


News = ReceiptNews | InboundNews | Unclear


class Failed(WithReason):
    """Something that was asked of an adapter could not be done, and why."""


class NotUnderstood(Failed):
    """The whole call says nothing that we know."""


@dataclass(frozen=True)
class Media:
    """A file's content, as the provider gave it; nothing in it is trusted. `is_letter`: kept as it came."""

    content: bytes
    name: str = ""
    content_type: str = ""
    is_letter: bool = False


class MediaRefused(Failed):
    """The file will never come: it is gone, or too large."""


class MediaLater(Failed):
    """The file did not come this time."""


@dataclass(frozen=True)
class HookRequest:
    """A provider's call, as it came. `url`: the whole public address that was called, with its query."""

    url: str
    method: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def query(self) -> QueryDict:
        return QueryDict(self.url.partition("?")[2])

    @property
    def form(self) -> QueryDict:
        """The fields of the body; empty when it is no form."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return QueryDict()
        return QueryDict(self.body)


@dataclass(frozen=True)
class Polled:
    """What a provider had when it was asked: calls as if it had made them, and from where to ask on.

    `has_more`: it is worth asking again at once. `is_progress`: False for a note on the way, which brings nothing on.
    """

    calls: list[HookRequest]
    cursor: dict[str, Any]
    has_more: bool = False
    is_progress: bool = True


class PollFailed(Failed):
    """The provider could not be asked."""


@dataclass(frozen=True)
class Balance:
    """What is left on an account. `currency`: a code (PLN), or what else is counted (points, SMS)."""

    amount: Decimal
    currency: str

    @classmethod
    def read(cls, amount: Any, currency: str) -> Self | None:
        """From what a provider wrote; None when that is no amount."""
        try:
            value = Decimal(str(amount))
        except InvalidOperation:
            return None
        return cls(value, currency[:10]) if value.is_finite() and abs(value) < MOST else None
