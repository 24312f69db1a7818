"""Lines: the ways in for clients' messages."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.models import Channel, ContactKind
from locations.values.kinds import Kinds
from locations.values.phones import can_receive_sms
from locations.values.reasons import ReasonKind
from messaging.gateways.models import Gateway

from ..reasons import WINDOW_OVER

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class AddressKind(Kinds):
    """What an address of a client is. SMS and WhatsApp share the phone, so one client stays one conversation."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    TELEGRAM = "telegram", _("Telegram")
    WEB = "web", _("Web chat")

    @classmethod
    def options(cls) -> list[tuple[str, "StrOrPromise"]]:
        """And those that only one kind of line knows, called as it is."""
        return [*cls.choices, *((kind.value, kind.label) for kind in LineKind if kind.traits.addresses is None)]


@dataclass(frozen=True)
class Window:
    """For how long after the client's last words a line takes what we like to say, and why not any more."""

    lasts: datetime.timedelta
    over: ReasonKind


@dataclass(frozen=True)
class Traits:
    """What is known of a kind of line. `channel`: on which a reply leaves; None: the chat message is the delivery.

    `addresses`: what its clients' addresses are; None: something of its own. `how`: how clients write to it, for the
    page of the lines. `has_numbers`: only a whole phone number can be answered. `first`: which contact of a client's
    card may be written to first, and `may_be_first`: which addresses of those.
    """

    how: "StrOrPromise"
    icon: str = "chat"
    channel: Channel | None = Channel.CHAT
    addresses: AddressKind | None = None
    has_numbers: bool = False
    window: Window | None = None
    first: ContactKind | None = None
    may_be_first: Callable[[str], bool] = bool


class LineKind(Kinds):
    """How clients write to us. A new kind is one member here; adapters name it by its value, at most 8 characters.

    `icon` is a name of https://fonts.google.com/icons.
    """

    WEB = (
        "web",
        Traits(_("By their link, or by the button on your site"), "forum", None, AddressKind.WEB),
        _("Web chat"),
    )
    SMS = (
        "sms",
        Traits(
            _("They answer your SMS; the provider must call the gateway's address"),
            icon="sms",
            channel=Channel.SMS,
            addresses=AddressKind.PHONE,
            has_numbers=True,
            first=ContactKind.PHONE,
            may_be_first=can_receive_sms,
        ),
        _("SMS"),
    )
    WHATSAPP = (
        "whatsapp",
        Traits(
            _("They write to your WhatsApp number; the provider must call the gateway's address"),
            addresses=AddressKind.PHONE,
            has_numbers=True,
            window=Window(datetime.timedelta(hours=24), WINDOW_OVER),  # then it takes only templates it has approved
        ),
        _("WhatsApp"),
    )
    TELEGRAM = "telegram", Traits(_("They write to your bot"), "send", addresses=AddressKind.TELEGRAM), _("Telegram")
    EMAIL = (
        "email",
        Traits(
            _("They answer your letters; the gateway reads its mailbox"),
            icon="mail",
            channel=Channel.EMAIL,
            addresses=AddressKind.EMAIL,
            first=ContactKind.EMAIL,
        ),
        _("E-mail"),
    )

    traits: Traits

    def __new__(cls, value: str, *declared: Traits) -> "LineKind":
        kind = str.__new__(cls, value)
        kind._value_ = value
        (kind.traits,) = declared
        return kind

    @property
    def channel(self) -> Channel | None:
        """On which channel a reply leaves; None for web chat, where the chat message itself is the delivery."""
        return self.traits.channel

    @property
    def address_kind(self) -> str:
        return self.traits.addresses or self.value

    @property
    def icon(self) -> str:
        return self.traits.icon


class Line(models.Model):
    """A way in. The web chat is one; every gateway that clients can write to is another."""

    kind = models.CharField(_("kind"), max_length=10, choices=LineKind.options)
    name = models.CharField(_("name"), max_length=100)
    gateway = models.OneToOneField(
        Gateway, models.CASCADE, null=True, blank=True, related_name="line", verbose_name=_("gateway")
    )
    is_on = models.BooleanField(
        _("on"), default=True, help_text=_("Off: what comes in is still shown, but nobody can reply by this line.")
    )

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["id"]
        constraints = [models.UniqueConstraint("kind", name="line_web_once", condition=models.Q(gateway=None))]

    def __str__(self) -> str:
        return self.name

    @property
    def icon(self) -> str:
        return LineKind(self.kind).icon
