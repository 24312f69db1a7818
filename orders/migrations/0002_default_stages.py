"""A fresh installation begins with six stages, one of each kind; their names are free to edit."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STAGES = [
    ("New", "new"),
    ("Preparing", "preparing"),
    ("Ready", "ready"),
    ("On the way", "on_the_way"),
    ("Delivered", "delivered"),
    ("Cancelled", "cancelled"),
]


def make_default_stages(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    stages = apps.get_model("orders", "Stage").objects
    if not stages.exists():
        for position, (name, kind) in enumerate(STAGES):
            stages.create(name=name, kind=kind, position=position)


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [migrations.RunPython(make_default_stages, migrations.RunPython.noop)]
