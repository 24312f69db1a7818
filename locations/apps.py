from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LocationsConfig(AppConfig):
    name = "locations"
    verbose_name = _("Clients and places")

    def ready(self) -> None:
        from .search import word_index
        from .search.search import INDEXES

        def after_migrating(using: str, **_signal: object) -> None:
            word_index.keep_in_step(connections[using])

        word_index.register(*INDEXES)
        post_migrate.connect(after_migrating, sender=self, weak=False, dispatch_uid="words")
