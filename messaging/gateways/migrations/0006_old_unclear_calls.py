"""Calls that had no effect before there was a page for them stand on it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def show_unclear(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    events = apps.get_model("gateways", "HookEvent").objects.filter(handled_at__isnull=False)
    events.exclude(problem="").update(is_unclear=True)


class Migration(migrations.Migration):
    dependencies = [("gateways", "0005_unclear_calls")]
    operations = [migrations.RunPython(show_unclear, migrations.RunPython.noop)]
