"""The index of words that orders are found by."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.word_index import make_index, remove_index
from orders.search import ORDERS


def make(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    make_index(schema_editor, ORDERS)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove_index(schema_editor, ORDERS)


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_list_indexes"), ("locations", "0004_word_index")]
    operations = [migrations.RunPython(make, remove)]
