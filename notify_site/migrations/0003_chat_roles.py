"""What each role may do in the chat."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notify_site.roles import give_roles


def make_roles(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    give_roles(apps)


class Migration(migrations.Migration):
    dependencies = [("notify_site", "0002_roles"), ("inbox", "0001_initial")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
