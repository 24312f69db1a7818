from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LocationsConfig(AppConfig):
    name = "locations"
    verbose_name = _("Clients and places")

    def ready(self) -> None:
        from . import lookups  # noqa: F401 registers them, for all fields
