from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotifySiteConfig(AppConfig):
    name = "notify_site"
    verbose_name = "Gonets"

    def ready(self) -> None:
        from django_q.signals import post_execute_in_worker, pre_execute

        from messaging.worker import work_sources
        from orders.imports.running import stalled

        from . import checks  # noqa: F401 registers them
        from .company_time import begin_task, end_task
        from .serving.schedules import put_into_timetable

        work_sources.register(
            work_sources.WorkSource("imports that stand still", stalled.standing_imports, stalled.ask_again)
        )
        post_migrate.connect(put_into_timetable, sender=self, dispatch_uid="timetable")
        pre_execute.connect(begin_task, dispatch_uid="company_time")
        post_execute_in_worker.connect(end_task, dispatch_uid="company_time")
