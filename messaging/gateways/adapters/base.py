"""What every provider's adapter is: one class, one `send`, three possible outcomes.

A newcomer adds a provider by one file beside this one, whose class is decorated with `@adapter`.
"""

import datetime
import enum
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Parcel:
    """One message as a provider gets it. `to`: E.164 or an e-mail address; `key`: our own id, the same on each try."""

    key: str
    channel: str
    to: str
    body: str
    subject: str = ""
    expires_at: datetime.datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Fault(enum.StrEnum):
    """Whose fault a failure is."""

    RECIPIENT = "recipient"
    PROVIDER = "provider"
    US = "us"
    UNKNOWN = "unknown"


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
    """

    sentence: str
    permanent: bool
    fault: Fault
    code: str = ""
    retry_after: int | None = None
    pauses_gateway: bool = False
    is_address_dead: bool = False
    opted_out: bool = False


@dataclass(frozen=True)
class Unknown:
    """The request left and the answer was never seen: it may or may not have been accepted.

    As the answer to a look-up: the provider could not tell now; ask again later.
    """

    sentence: str


@dataclass(frozen=True)
class NotFound:
    """The answer to a look-up: the provider has no such message, so it never took it."""


Outcome = Accepted | Refused | Unknown
Finding = Accepted | NotFound | Unknown


@dataclass(frozen=True)
class Checkup:
    """Whether the account answers as it should, in a sentence."""

    is_good: bool
    sentence: str


@dataclass(frozen=True)
class ConfigField:
    """One thing the "connect" form asks for."""

    name: str
    label: str
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help_text: str = ""
    kind: str = "text"  # text, number, email, url
    choices: tuple[tuple[str, str], ...] = ()
    is_address: bool = False  # where the secrets are sent: who changes it must know them


class Adapter:
    """One per gateway and worker process; lives across drains, so it may keep connections.

    `send` runs on the process's event loop. A class with `is_local = True` implements `deliver` instead, which is
    called in the main thread, outside any transaction, and may use the database: only the sandbox does.

    `resolves_doubt` says how to learn what became of a message whose answer was never seen. "look_up": ask `look_up`
    (`look_up_here` of a local one), no sooner than `doubt_rests_seconds` after the try. "same_key": send it again; the
    provider refuses to take one `Parcel.key` twice, and `send` then answers Accepted. "": nobody can tell.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    channel: ClassVar[str]
    fields: ClassVar[tuple[ConfigField, ...]] = ()
    is_sandbox: ClassVar[bool] = False
    is_local: ClassVar[bool] = False
    resolves_doubt: ClassVar[Literal["", "look_up", "same_key"]] = ""
    doubt_rests_seconds: ClassVar[int] = 0

    def __init__(self, config: dict[str, str], timeout: float) -> None:
        self.config = config
        self.timeout = timeout

    async def send(self, parcel: Parcel) -> Outcome:
        raise NotImplementedError

    def deliver(self, parcel: Parcel) -> Outcome:
        raise NotImplementedError

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """Whether the provider has this message, whose try began at `sent_at`.

        A provider that knows no keys of ours compares texts: an Accepted with the `provider_id` of another message of
        ours means that other one.
        """
        raise NotImplementedError

    def look_up_here(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """The same for a local one, called as `deliver` is."""
        raise NotImplementedError

    @classmethod
    def find_faults(cls, _config: dict[str, str]) -> dict[str, str]:
        """What is wrong with filled-in fields beyond their kind: a field's name -> a sentence for the user."""
        return {}

    async def check(self) -> Checkup:
        """Asks the provider whether the account is in order; sends nothing. Called in the event loop, as `send` is."""
        return Checkup(True, str(_("It needs no account: it works inside this site.")))

    async def close(self) -> None:
        """Finishes what is under way, then lets go of kept connections."""


_adapters: dict[str, type[Adapter]] = {}


def adapter(cls: type[Adapter]) -> type[Adapter]:
    """Makes a provider known under its `key`."""
    _adapters[cls.key] = cls
    return cls


def get_adapter_class(key: str) -> type[Adapter]:
    return _adapters[key]


def adapter_choices() -> list[tuple[str, str]]:
    return [(key, cls.label) for key, cls in sorted(_adapters.items(), key=lambda item: str(item[1].label))]
