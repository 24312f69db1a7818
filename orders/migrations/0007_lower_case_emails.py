"""E-mail addresses of orders from before they were compared in lower case, and what files said of them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.rewriting import BATCH, lower_emails

SAID = "contact_email"


def lower(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    orders = apps.get_model("orders", "Order").objects
    lower_emails(orders.exclude(contact_email=""), "contact_email")
    said = orders.filter(file_said__has_key=SAID).order_by("pk")
    last = 0
    while batch := list(said.filter(pk__gt=last).only("file_said")[:BATCH]):
        last = batch[-1].pk
        odd = [order for order in batch if order.file_said[SAID] != order.file_said[SAID].lower()]
        for order in odd:
            order.file_said[SAID] = order.file_said[SAID].lower()
        orders.bulk_update(odd, ["file_said"], batch_size=200)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0006_list_indexes")]
    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
