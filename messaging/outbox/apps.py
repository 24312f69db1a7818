from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "messaging.outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from django_q.signals import post_execute, post_spawn

        from orders import timeline

        from . import drain, expiring, ordinary, receipts, work
        from .timeline import messages_of_order

        work.register(expiring.SOURCE)
        work.register(receipts.SOURCE)
        timeline.register(messages_of_order)
        post_execute.connect(ordinary.give_back, dispatch_uid="outbox")
        post_spawn.connect(drain.warm_up, dispatch_uid="outbox")
