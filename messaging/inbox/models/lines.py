"""Lines: the ways in for clients' messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.models import Channel
from locations.values.kinds import Kinds
from messaging.gateways.models import Gateway


class AddressKind(Kinds):
    """What an address of a client is. SMS and WhatsApp share the phone, so one client stays one conversation."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    TELEGRAM = "telegram", _("Telegram")
    WEB = "web", _("Web chat")


class LineKind(Kinds):
    WEB = "web", _("Web chat")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    TELEGRAM = "telegram", _("Telegram")
    EMAIL = "email", _("E-mail")

    @property
    def channel(self) -> Channel | None:
        """On which channel a reply leaves; None for web chat, where the chat message itself is the delivery."""
        return _CHANNELS.get(self)

    @property
    def address_kind(self) -> AddressKind:
        return _ADDRESS_KINDS[self]

    @property
    def icon(self) -> str:
        return _ICONS[self]


_CHANNELS = {
    LineKind.SMS: Channel.SMS,
    LineKind.WHATSAPP: Channel.CHAT,
    LineKind.TELEGRAM: Channel.CHAT,
    LineKind.EMAIL: Channel.EMAIL,
}
_ADDRESS_KINDS = {
    LineKind.WEB: AddressKind.WEB,
    LineKind.SMS: AddressKind.PHONE,
    LineKind.WHATSAPP: AddressKind.PHONE,
    LineKind.TELEGRAM: AddressKind.TELEGRAM,
    LineKind.EMAIL: AddressKind.EMAIL,
}
_ICONS = {
    LineKind.WEB: "forum",
    LineKind.SMS: "sms",
    LineKind.WHATSAPP: "chat",
    LineKind.TELEGRAM: "send",
    LineKind.EMAIL: "mail",
}


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
