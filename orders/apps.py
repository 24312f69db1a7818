from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from locations import consent
        from locations.staff_language import company_language_chosen

        from .identity import ordered_with
        from .standard_names import name_stages

        company_language_chosen.connect(name_stages, dispatch_uid="standard_names")
        consent.register(ordered_with)
