from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotifySiteConfig(AppConfig):
    name = "notify_site"
    verbose_name = "Gonets"

    def ready(self) -> None:
        from django_q.signals import post_execute_in_worker, pre_execute

        from messaging.outbox import work
        from orders.imports import standstills

        from .company_time import begin_task, end_task
        from .schedules import put_into_timetable

        work.register(work.WorkSource("imports that stand still", standstills.standing_imports, standstills.ask_again))
        post_migrate.connect(put_into_timetable, sender=self, dispatch_uid="timetable")
        pre_execute.connect(begin_task, dispatch_uid="company_time")
        post_execute_in_worker.connect(end_task, dispatch_uid="company_time")
