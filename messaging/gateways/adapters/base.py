"""What every provider's adapter is: one class, one `send`, three possible outcomes.

A newcomer adds a provider by one file beside this one, whose class is decorated with `@adapter`. Only `send` must be
written; the rest says what else the provider can do.
"""

import datetime
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.utils.translation import gettext_lazy as _

from locations.values.channels import Channel
from locations.values.reasons import NONE, Reason

from .news import Balance, HookRequest, InboundNews, Media, News, Polled
from .outcomes import Finding, Outcome, Parcel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Checkup:
    """Whether the account answers as it should: a `sentence` that says so, or the `problem`.

    `balance`: what is left on it, if the provider said so.
    """

    sentence: "StrOrPromise" = ""
    problem: Reason = NONE
    balance: Balance | None = None

    def __str__(self) -> str:
        return str(self.problem or self.sentence)

    @property
    def is_good(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class ConfigField:
    """One thing the "connect" form asks for."""

    name: str
    label: "StrOrPromise"
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help_text: "StrOrPromise" = ""
    kind: str = "text"  # text, number, email, url
    choices: tuple[tuple[str, "StrOrPromise"], ...] = ()
    is_address: bool = False  # where the secrets are sent: who changes it must know them


class Adapter:
    """One per gateway and worker process; lives across drains, so it may keep connections.

    `send` runs on the process's event loop. A class with `is_local = True` implements `deliver` instead, which is
    called in the main thread, outside any transaction, and may use the database: only the sandbox does.

    `resolves_doubt` says how to learn what became of a message whose answer was never seen. "look_up": ask `look_up`
    (`look_up_here` of a local one). "same_key": send it again; the provider refuses to take one `Parcel.key` twice, and
    `send` then answers Accepted. "": nobody can tell.

    `offer`: what it is good for, in a sentence, for the page on which one chooses a provider; "": what its channel is.

    `line`: by which kind of line customers write to us through it (a value of LineKind); "": they cannot. What they
    write comes to the hook, or is asked for by `poll` every `poll_seconds`, where nobody calls us.
    """

    key: ClassVar[str]
    label: ClassVar["StrOrPromise"]
    channel: ClassVar[str]
    fields: ClassVar[tuple[ConfigField, ...]] = ()
    is_sandbox: ClassVar[bool] = False
    is_local: ClassVar[bool] = False
    resolves_doubt: ClassVar[Literal["", "look_up", "same_key"]] = ""
    has_hook: ClassVar[bool] = False
    has_receipts: ClassVar[bool] = True  # False: what calls the hook is never about a message of ours
    receipts_at_once: ClassVar[int] = 0  # how many `fetch_receipts` may be asked for; 0: it cannot be asked
    has_balance: ClassVar[bool] = False
    line: ClassVar[str] = ""
    offer: ClassVar["StrOrPromise"] = ""
    poll_seconds: ClassVar[int] = 0  # 0: there is nothing to ask for
    carries_files: ClassVar[bool] = False
    longest_text: ClassVar[int] = 0  # characters of one message; 0: the provider names no limit

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        """`timeout`: seconds for one request. `hook_url`: where the provider may call us; empty: nowhere."""
        self.config = config
        self.timeout = timeout
        self.hook_url = hook_url

    async def send(self, parcel: Parcel) -> Outcome:
        raise NotImplementedError

    def deliver(self, parcel: Parcel) -> Outcome:
        raise NotImplementedError

    @classmethod
    def find_faults(cls, _config: dict[str, str]) -> dict[str, str]:
        """What is wrong with filled-in fields beyond their kind: a field's name -> a sentence for the user."""
        return {}

    async def check(self) -> Checkup:
        """Asks the provider whether the account is in order; sends nothing. Called in the event loop, as `send` is."""
        return Checkup(_("It needs no account: it works inside this site."))

    # --- Doubts, if `resolves_doubt` ---

    async def look_up(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """Whether the provider has this message, whose try began at `sent_at`.

        NotFound only if the provider's own documents make absence a proof, and everything was read; else Unknown.
        A provider that knows no keys of ours compares texts: an Accepted with the `provider_id` of another message of
        ours means that other one.
        """
        raise NotImplementedError

    def look_up_here(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """The same for a local one, called as `deliver` is."""
        raise NotImplementedError

    # --- What comes back, if `has_hook`, `line`, `poll_seconds` or `receipts_at_once` ---

    def verify_hook(self, request: HookRequest) -> bool:
        """Whether it really is the provider who calls; the address alone is a secret already."""
        return True

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        """What a call says; without network or database. Raises NotUnderstood when it says nothing that we know.

        A part that has no effect is an Unclear, so that nothing vanishes and the other parts count.
        """
        raise NotImplementedError

    @classmethod
    def offered(cls) -> "StrOrPromise":
        """What it is good for, in a sentence."""
        return cls.offer or Channel(cls.channel).traits.offer

    @classmethod
    def glimpse(cls, _request: HookRequest) -> InboundNews | None:
        """Who wrote, as far as a call shows it that `read_hook` could not read; None: nobody, or nobody knows."""
        return None

    @classmethod
    def can_poll(cls, _config: dict[str, str]) -> bool:
        """Whether the account, as it is filled in, can be asked for what customers wrote."""
        return bool(cls.poll_seconds)

    async def poll(self, cursor: dict[str, Any]) -> Polled:
        """What is new since `cursor` ({} the first time), as calls that `read_hook` understands. Raises PollFailed."""
        raise NotImplementedError

    async def poll_on(self, cursor: dict[str, Any]) -> AsyncGenerator[Polled, None]:
        """The same piece by piece, each of which is kept before the next one is asked for; one is enough for most."""
        yield await self.poll(cursor)

    async def fetch_media(self, reference: str) -> Media:
        """A file that a customer sent. Raises MediaRefused, MediaLater."""
        raise NotImplementedError

    @classmethod
    def answer_hook(cls) -> tuple[str, str]:
        """Content type and body of what the provider wants to hear when its call was taken."""
        return "text/plain", ""

    async def fetch_receipts(self, provider_ids: list[str]) -> list[HookRequest]:
        """What became of up to `receipts_at_once` messages, as calls that `read_hook` understands.

        None for those that could not be asked for.
        """
        raise NotImplementedError

    async def fetch_balance(self) -> Balance | None:
        """What is left on the account, if `has_balance`; None when the provider did not say."""
        return (await self.check()).balance

    async def close(self) -> None:
        """Finishes what is under way, then lets go of kept connections."""


_adapters: dict[str, type[Adapter]] = {}


def adapter(cls: type[Adapter]) -> type[Adapter]:
    """Makes a provider known under its `key`."""
    _adapters[cls.key] = cls
    return cls


def get_adapter_class(key: str) -> type[Adapter]:
    return _adapters[key]


def adapter_choices() -> list[tuple[str, "StrOrPromise"]]:
    return [(key, cls.label) for key, cls in sorted(_adapters.items(), key=lambda item: str(item[1].label))]
