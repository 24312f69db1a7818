"""Letters and dead addresses from before e-mail addresses were compared in lower case."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.rewriting import lower_emails, remove, rewrite


def lower(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    lower_emails(apps.get_model("outbox", "Message").objects.filter(channel="email"), "to")
    dead = apps.get_model("outbox", "UnusableAddress").objects.filter(channel="email")
    rewrite(dead, "address", str.lower, remove)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0007_list_indexes")]
    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
