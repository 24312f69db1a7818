"""Stages named with their accents apart (NFD) are found under the name that files and forms say (NFC)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.rewriting import leave, rewrite
from locations.values.spelling import tidy


def compose(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    rewrite(apps.get_model("orders", "Stage").objects.all(), "name", tidy, leave)


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_lower_case_emails")]
    operations = [migrations.RunPython(compose, migrations.RunPython.noop)]
