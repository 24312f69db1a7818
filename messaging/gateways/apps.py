from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatewaysConfig(AppConfig):
    name = "messaging.gateways"
    verbose_name = _("Gateways")

    def ready(self) -> None:
        from messaging.worker import work_sources

        from . import polling
        from .calls import hook_events

        work_sources.register(
            hook_events.SOURCE,
            work_sources.WorkSource("gateways to be asked", polling.due_gateways, polling.start_polls),
        )
