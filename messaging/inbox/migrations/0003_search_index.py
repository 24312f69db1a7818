"""The index of words that messages and names are found by."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from messaging.inbox.search_index import make_index, remove_index


def make(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_index(schema_editor)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove_index(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_saved_views")]
    operations = [migrations.RunPython(make, remove)]
