from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "messaging.outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from messaging.gateways.signals import receipts_stored
        from messaging.worker import work_sources
        from orders import timeline

        from .queue import expiry, routing
        from .receipts.receipts import hear_receipts
        from .sending import drain, due
        from .timeline import messages_of_order

        work_sources.stop_with(routing.is_stopped)
        work_sources.register(*due.CONDITIONS, expiry.SOURCE)
        timeline.register(messages_of_order)
        receipts_stored.connect(hear_receipts, dispatch_uid="outbox_receipts")
        post_spawn.connect(drain.warm_up, dispatch_uid="outbox")
