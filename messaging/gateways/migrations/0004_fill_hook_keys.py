from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from messaging.gateways.models import make_hook_key


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One default was put into all rows that were there: each needs its own."""
    gateways = apps.get_model("gateways", "Gateway").objects
    for pk in gateways.values_list("pk", flat=True):
        gateways.filter(pk=pk).update(hook_key=make_hook_key())


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0003_hooks"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
