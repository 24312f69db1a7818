"""The index of words that messages and names are found by."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.search.word_index import make_index, remove_index

from ..search.index import CHAT_MESSAGES, CONVERSATIONS


def make(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for index in (CHAT_MESSAGES, CONVERSATIONS):
        make_index(schema_editor, index)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for index in (CHAT_MESSAGES, CONVERSATIONS):
        remove_index(schema_editor, index)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_saved_views")]
    operations = [migrations.RunPython(make, remove)]
