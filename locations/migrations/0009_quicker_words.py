"""PostgreSQL folds the usual letters first: the same words at a seventh of the time."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.word_index import renew_function


def renew(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    renew_function(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("locations", "0008_fewer_indexes")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
