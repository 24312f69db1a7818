from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "messaging.inbox"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from .search_index import keep_in_step

        def after_migrating(using: str, **_signal: object) -> None:
            keep_in_step(connections[using])

        post_migrate.connect(after_migrating, sender=self, weak=False, dispatch_uid="inbox_words")
