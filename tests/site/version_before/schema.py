"""Back to the tables of the version before, and forward again."""

import sys
from types import ModuleType
from typing import Any

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_q.tasks import async_task

LAST = {
    "notify_site": "0003",
    "robots": "0003",
    "inbox": "0005",
    "outbox": "0004",
    "imports": "0002",
    "orders": "0003",
    "gateways": "0004",
    "locations": "0003",
    "texts": "0001",
    "worker": "zero",
}
"""The last migration that it had, by app."""


def go_back() -> Apps:
    """The database of the version before; its models."""
    for app, migration in LAST.items():
        call_command("migrate", app, migration, verbosity=0)
    loader = MigrationLoader(connection)
    return loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes]).apps


def update() -> None:
    call_command("migrate", verbosity=0)


def queue_by_reference(module: str, function: str, *arguments: Any) -> None:
    """A task as it was queued then: the function itself, by the name of a module that may be gone."""
    there = sys.modules.get(module)
    old = sys.modules[module] = ModuleType(module)
    exec(f"def {function}(*arguments): pass", old.__dict__)
    try:
        async_task(getattr(old, function), *arguments)
    finally:
        if there is None:
            del sys.modules[module]
        else:
            sys.modules[module] = there
