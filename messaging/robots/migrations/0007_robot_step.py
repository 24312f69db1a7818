"""A step is called a step everywhere; what people may do with steps stays as it was given."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.permissions import rename_permissions


def rename(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename_permissions(apps, "robots", "robotrun", "robotstep")


def rename_back(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    rename_permissions(apps, "robots", "robotstep", "robotrun")


class Migration(migrations.Migration):
    dependencies = [("robots", "0006_left_until"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RenameModel("RobotRun", "RobotStep"), migrations.RunPython(rename, rename_back)]
