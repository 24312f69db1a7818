"""E-mail addresses from before they were compared in lower case."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ..rows.rewriting import lower_emails, remove, rewrite


def lower(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    places, points, refusals = (
        apps.get_model("locations", name) for name in ("Location", "ContactPoint", "Suppression")
    )
    lower_emails(places.objects.exclude(email=""), "email")
    rewrite(points.objects.filter(kind="email"), "value", str.lower, remove)
    rewrite(refusals.objects.filter(channel="email"), "address", str.lower, remove)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("locations", "0005_list_indexes")]
    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
