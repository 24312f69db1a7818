"""What clients refused before it was kept for each address: it holds for those of their old orders and places too."""

from collections import defaultdict
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import CharField
from django.db.models.functions import Cast

BATCH = 300  # refusals at a time: four statements for all of them

Addresses = dict[int, set[str]]


def spread(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    refusals = apps.get_model("locations", "Consent").objects.filter(is_given=False).exclude(channel="chat")
    suppression = apps.get_model("locations", "Suppression")
    last = 0
    while batch := list(refusals.filter(pk__gt=last).order_by("pk")[:BATCH]):
        theirs = addresses(apps, {refusal.client_id for refusal in batch})
        suppression.objects.bulk_create(
            [
                suppression(address=address, channel=refusal.channel, purpose=refusal.purpose, reason=refusal.source)
                for refusal in batch
                for address in sorted(theirs[refusal.client_id])
                if ("@" in address) is (refusal.channel == "email")
            ],
            ignore_conflicts=True,
        )
        last = batch[-1].pk


def addresses(apps: Apps, clients: set[int]) -> Addresses:
    """The phones (E.164) and e-mails of their cards, places and orders, by client."""
    found: Addresses = defaultdict(set)
    for app, model, columns in (
        ("locations", "ContactPoint", ["value"]),
        ("locations", "Location", ["phone", "email"]),
        ("orders", "Order", ["contact_phone", "contact_email"]),
    ):
        for client, *written in said(apps.get_model(app, model), clients, columns):
            found[client] |= {address.lower() for address in written if address}
    return found


def said(model: Any, clients: set[int], columns: list[str]) -> Any:
    told = {f"written_{column}": Cast(column, CharField()) for column in columns}
    return model.objects.filter(client__in=clients).order_by().annotate(**told).values_list("client", *told).distinct()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0008_composed_stages"), ("locations", "0007_composed_names")]
    operations = [migrations.RunPython(spread, migrations.RunPython.noop)]
