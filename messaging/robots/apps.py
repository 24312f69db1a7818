from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RobotsConfig(AppConfig):
    name = "messaging.robots"
    verbose_name = _("Robots")

    def ready(self) -> None:
        from messaging.outbox.queue import recheck
        from messaging.worker import work_sources
        from orders import forecasts, signals, timeline

        from . import events  # noqa: F401
        from .steps import arrivals, planning, running
        from .steps.recheck import look_again
        from .timeline import steps_of_order

        work_sources.register(running.SOURCE)
        recheck.register(look_again)
        timeline.register(steps_of_order)
        forecasts.register(running.forecast)
        signals.orders_moved.connect(planning.on_orders_moved, dispatch_uid="robots")
        signals.arrival_changed.connect(arrivals.on_arrival_changed, dispatch_uid="robots")
