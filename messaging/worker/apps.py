from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkerConfig(AppConfig):
    name = "messaging.worker"
    verbose_name = _("Worker")

    def ready(self) -> None:
        from django_q.signals import post_execute

        from . import ordinary_tasks

        post_execute.connect(ordinary_tasks.give_back, dispatch_uid="worker")
