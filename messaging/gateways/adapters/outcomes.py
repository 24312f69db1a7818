"""What a provider is given, and what it may answer."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from locations.values.reasons import Fault, Reason

__all__ = ["Accepted", "Enclosure", "Fault", "Finding", "NotFound", "Outcome", "Parcel", "Refused", "Unknown"]


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a message, checked by its content when it was stored at `path`."""

    path: Path
    name: str
    content_type: str

    @property
    def is_photo(self) -> bool:
        return self.content_type in {"image/jpeg", "image/png"}


@dataclass(frozen=True)
class Parcel:
    """One message as a provider gets it. `to`: E.164, an e-mail address or a chat's number; `key`: our own id, the
    same on each try. `enclosures`: only for an adapter that `carries_files`.
    """

    key: str
    channel: str
    to: str
    body: str
    subject: str = ""
    expires_at: datetime.datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `is_delivered`: it even knows already that it arrived."""

    provider_id: str = ""
    is_delivered: bool = False


@dataclass(frozen=True)
class Refused:
    """Certainly not accepted. Not permanent: may be tried again, in `retry_after` seconds if the provider said so.

    Our own fault with `retry_after` 0: the request was not even begun, which does not count as a try.
    `pauses_gateway`: the account itself is at fault (credentials, balance), no message will get through.
    `is_address_dead`: nothing sent to this address on this channel will ever arrive. `opted_out`: the recipient told
    the provider to stop.
    `slows`: it asks to slow down, which costs the message no try. "gateway": all of us send too fast. "recipient": too
    much for this one address, so this message waits, and the others go on.
    """

    reason: Reason
    permanent: bool
    fault: Fault
    code: str = ""
    retry_after: int | None = None
    pauses_gateway: bool = False
    is_address_dead: bool = False
    opted_out: bool = False
    slows: Literal["", "gateway", "recipient"] = ""


@dataclass(frozen=True)
class Unknown:
    """The request left and the answer was never seen: it may or may not have been accepted.

    As the answer to a look-up: the provider could not tell now; ask again later.
    """

    reason: Reason


@dataclass(frozen=True)
class NotFound:
    """The answer to a look-up: all was read that the provider has, and the message is not there."""


Outcome = Accepted | Refused | Unknown
Finding = Accepted | NotFound | Unknown
