"""`manage.py qcluster`: the worker, in its fail-fast form. Run it under `manage.py serve`, systemd or the like."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from ... import fail_fast

KEPT_SECONDS = 60
"""A process of the worker keeps its one connection: it looks at the database many times a second."""


class Command(BaseCommand):
    help = "Runs the worker: it sends what is due and does the background tasks, until it gets SIGTERM."

    def handle(self, **_options: Any) -> None:
        connections["default"].settings_dict["CONN_MAX_AGE"] = KEPT_SECONDS
        raise SystemExit(fail_fast.run())
