"""How messages travel and why they are sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .kinds import Kinds
from .phones import can_receive_sms

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ChannelTraits:
    """What is known of a channel. `icon`: a name of https://fonts.google.com/icons.

    `offer`: what a provider of it is good for, for the page on which one chooses. `contact`: "phone" or "email", which
    of a client's card it goes to; "": to where they wrote from. `can_reach`: which of those. `flag`: the column of
    `AllowFlags` that allows it; "": it needs none. `is_written`: templates have words for it, robots use it. `rows`: of
    the field for them. `has_subject`: as letters have. `has_parts`: it is charged by the part, as SMS are.
    """

    icon: str
    offer: "StrOrPromise"
    contact: str = ""
    can_reach: Callable[[str], bool] = bool
    flag: str = ""
    is_written: bool = True
    rows: int = 7
    has_subject: bool = False
    has_parts: bool = False


class Channel(Kinds):
    """How a message travels. A new one is one member here, at most 10 characters."""

    SMS = (
        "sms",
        ChannelTraits(
            "sms",
            _("Real SMS to your customers; the provider charges for them."),
            contact="phone",
            can_reach=can_receive_sms,
            flag="allow_sms",
            has_parts=True,
        ),
        _("SMS"),
    )
    EMAIL = (
        "email",
        ChannelTraits(
            "mail",
            _("Real e-mail to your customers."),
            contact="email",
            flag="allow_email",
            rows=12,
            has_subject=True,
        ),
        _("E-mail"),
    )
    VOICE = (
        "voice",
        ChannelTraits(
            "call",
            _("Real calls to your customers; a voice reads the text, the provider charges for it."),
            contact="phone",
            flag="allow_calls",
            is_written=False,
        ),
        _("Call"),
    )
    CHAT = "chat", ChannelTraits("chat", _("Chat with customers who write to you by it.")), _("Chat")

    traits: ChannelTraits

    def __new__(cls, value: str, *declared: ChannelTraits) -> "Channel":
        channel = str.__new__(cls, value)
        channel._value_ = value
        (channel.traits,) = declared
        return channel

    @property
    def is_phone(self) -> bool:
        return self.traits.contact == "phone"

    @classmethod
    def flags(cls) -> tuple[str, ...]:
        """The columns that allow channels, in their order."""
        return tuple(channel.traits.flag for channel in cls if channel.traits.flag)

    @classmethod
    def written(cls) -> list["Channel"]:
        """Those that templates have words for and robots can use."""
        return [channel for channel in cls if channel.traits.is_written]


def written_channels() -> list[tuple[str, "StrOrPromise"]]:
    return [(channel.value, channel.label) for channel in Channel.written()]


class Purpose(Kinds):
    """Why a message is sent (C2, decision 7)."""

    SERVICE = "service", _("Service")
    ADVERTISING = "advertising", _("Advertising")
    STAFF = "staff", _("To staff")
    TEST = "test", _("Test")

    @property
    def asks_consent(self) -> bool:
        return self in {Purpose.SERVICE, Purpose.ADVERTISING}
