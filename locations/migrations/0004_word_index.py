"""The index of words that clients, their contacts and their places are found by."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ..search.search import INDEXES
from ..search.word_index import make_index, remove_index


def make(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for index in INDEXES:
        make_index(schema_editor, index)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for index in INDEXES:
        remove_index(schema_editor, index)


class Migration(migrations.Migration):
    dependencies = [("locations", "0003_bottle_debt_and_chat")]
    operations = [migrations.RunPython(make, remove)]
