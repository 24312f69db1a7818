"""Who looks at the calls of providers that nobody understood."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notify_site.roles import give_roles


def make_roles(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    give_roles(apps)


class Migration(migrations.Migration):
    dependencies = [("notify_site", "0003_chat_roles"), ("gateways", "0001_initial")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
