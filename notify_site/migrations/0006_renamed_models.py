"""In a fresh database the roles were made before some models got their names of today: they get their rights now."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from notify_site.roles import give_roles


def make_roles(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Groups that a company has changed or removed since are left as they are."""
    group = apps.get_model("auth", "Group")
    is_fresh = not apps.get_model("auth", "User").objects.exists()
    if is_fresh and group.objects.exists():
        give_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("notify_site", "0005_history_index"),
        ("locations", "0010_company"),
        ("robots", "0008_names_of_steps"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
