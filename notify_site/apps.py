from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class NotifySiteConfig(AppConfig):
    name = "notify_site"
    verbose_name = "Gonets"

    def ready(self) -> None:
        from django_q.signals import post_execute_in_worker, pre_execute

        from messaging.worker import work_sources
        from orders.imports.running import stalled

        from . import checks  # noqa: F401 registers them
        from .company_time import begin_task, end_task
        from .roles import NewRights
        from .serving.schedules import put_into_timetable

        work_sources.register(
            work_sources.WorkSource("imports that stand still", stalled.standing_imports, stalled.ask_again)
        )
        self.new_rights = NewRights()
        pre_migrate.connect(self.new_rights.look_before, sender=self, dispatch_uid="new rights")
        post_migrate.connect(self.new_rights.give, sender=self, dispatch_uid="new rights")
        post_migrate.connect(put_into_timetable, sender=self, dispatch_uid="timetable")
        pre_execute.connect(begin_task, dispatch_uid="company_time")
        post_execute_in_worker.connect(end_task, dispatch_uid="company_time")
