from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotifySiteConfig(AppConfig):
    name = "notify_site"
    verbose_name = "Gonets"

    def ready(self) -> None:
        from .schedules import put_into_timetable

        post_migrate.connect(put_into_timetable, sender=self, dispatch_uid="timetable")
