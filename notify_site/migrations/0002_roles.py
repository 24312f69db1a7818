"""The five roles of a fresh installation."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notify_site.roles import give_roles


def make_roles(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    give_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("locations", "0001_initial"),
        ("orders", "0001_initial"),
        ("imports", "0001_initial"),
        ("texts", "0001_initial"),
        ("gateways", "0001_initial"),
        ("outbox", "0001_initial"),
        ("robots", "0001_initial"),
        ("notify_site", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
