"""How messages travel and why they are sent."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .kinds import Kinds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Channel(Kinds):
    """How a message travels."""

    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    VOICE = "voice", _("Call")
    CHAT = "chat", _("Chat")

    @property
    def is_phone(self) -> bool:
        return self in {Channel.SMS, Channel.VOICE}

    @classmethod
    def written(cls) -> list["Channel"]:
        """Those that templates have words for and robots can use."""
        return [cls.SMS, cls.EMAIL, cls.CHAT]


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
