from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class TextsConfig(AppConfig):
    name = "messaging.texts"
    verbose_name = _("Message texts")

    def ready(self) -> None:
        """Fill the palette: ours about orders and clients, then every app's `placeholders.py`."""
        from . import client_placeholders, offer_placeholders, order_placeholders  # noqa: F401

        autodiscover_modules("placeholders")
