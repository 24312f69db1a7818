from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "messaging.outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from django_q.signals import post_execute, post_spawn

        from messaging.worker import ordinary_tasks, work_sources
        from orders import timeline

        from .queue import expiry
        from .receipts import receipts
        from .sending import drain
        from .timeline import messages_of_order

        work_sources.register(expiry.SOURCE)
        work_sources.register(receipts.SOURCE)
        timeline.register(messages_of_order)
        post_execute.connect(ordinary_tasks.give_back, dispatch_uid="outbox")
        post_spawn.connect(drain.warm_up, dispatch_uid="outbox")
