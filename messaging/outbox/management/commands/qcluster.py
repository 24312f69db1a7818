"""`manage.py qcluster`: the worker, in its fail-fast form. Run it under `manage.py serve`, systemd or the like."""

from typing import Any

from django.core.management.base import BaseCommand

from messaging.outbox import fail_fast


class Command(BaseCommand):
    help = "Runs the worker: it sends what is due and does the background tasks, until it gets SIGTERM."

    def handle(self, **_options: Any) -> None:
        raise SystemExit(fail_fast.run())
