"""Names that came with their accents apart (NFD) are stored as every door stores them now (NFC)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ..rows.rewriting import leave, rewrite
from ..values.spelling import tidy

NAMED = [
    ("Department", "name"),
    ("DeliveryZone", "name"),
    ("Client", "name"),
    ("Location", "client_name"),
    ("Location", "address"),
    ("Location", "district"),
]


def compose(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    for model, field in NAMED:
        rewrite(apps.get_model("locations", model).objects.all(), field, tidy, leave)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("locations", "0006_lower_case_emails")]
    operations = [migrations.RunPython(compose, migrations.RunPython.noop)]
