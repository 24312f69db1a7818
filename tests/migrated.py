"""What data migrations do with rows from before: they are written past every door, then the migration runs again."""

from importlib import import_module

from django.apps import apps
from django.db.migrations import RunPython


def run_again(app: str, name: str) -> None:
    """Its data steps, on the models of now."""
    for step in import_module(f"{apps.get_app_config(app).name}.migrations.{name}").Migration.operations:
        assert isinstance(step, RunPython)
        step.code(apps, None)
