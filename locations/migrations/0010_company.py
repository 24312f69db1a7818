"""The company's settings bear the company's name; what people may do with them stays as it was given."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.permissions import rename_permissions


def rename(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename_permissions(apps, "locations", "account", "company")


def rename_back(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename_permissions(apps, "locations", "company", "account")


class Migration(migrations.Migration):
    dependencies = [("locations", "0009_quicker_words"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RenameModel("Account", "Company"), migrations.RunPython(rename, rename_back)]
