"""What providers share that know an account by a token and take JSON or forms over HTTP: SMSAPI, SerwerSMS."""

import re
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Adapter, ConfigField
from .http import Connections

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SENDER = re.compile(r"[A-Za-z0-9.\- ]{1,11}")


def token_field(help_text: "StrOrPromise") -> ConfigField:
    return ConfigField("token", gettext_lazy("API token"), is_secret=True, help_text=help_text)


def sender_field(help_text: "StrOrPromise") -> ConfigField:
    return ConfigField("sender", gettext_lazy("Sender"), is_required=False, help_text=help_text)


def address_field(help_text: "StrOrPromise") -> ConfigField:
    """Another address than the provider's own, for whoever has one."""
    label = gettext_lazy("Address of the interface")
    return ConfigField("base_url", label, is_required=False, kind="url", is_address=True, help_text=help_text)


class TokenAccount(Adapter):
    """Kept connections, and the token in a header of each request. `own_url`: the provider's interface."""

    own_url: ClassVar[str]

    def __init__(self, config: dict[str, str], timeout: float, hook_url: str = "") -> None:
        super().__init__(config, timeout, hook_url)
        self.connections = Connections(timeout)
        self.base_url = (config.get("base_url") or self.own_url).rstrip("/")
        self.headers = {"Authorization": f"Bearer {config['token']}"}

    @classmethod
    def find_faults(cls, config: dict[str, str]) -> dict[str, str]:
        faults = {}
        if config.get("sender") and not SENDER.fullmatch(config["sender"]):
            faults["sender"] = _("Up to 11 Latin letters, digits, dots, hyphens and spaces.")
        if not config.get("token", "").isascii():
            faults["token"] = _("A token has Latin letters and digits only.")
        return faults

    async def close(self) -> None:
        await self.connections.close()
