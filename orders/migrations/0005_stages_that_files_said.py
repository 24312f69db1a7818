"""Orders that came from files remember the stage that their last file moved them to."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject


def remember(apps, _schema_editor):  # noqa: ANN001, ANN201
    orders, changes = apps.get_model("orders", "Order"), apps.get_model("orders", "StageChange")
    imported = changes.objects.filter(cause="import")
    told = imported.filter(order=OuterRef("pk")).order_by("-pk").values("to_stage")[:1]
    orders.objects.filter(pk__in=imported.values("order")).update(file_said=JSONObject(stage=Subquery(told)))


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_file_said")]

    operations = [migrations.RunPython(remember, migrations.RunPython.noop)]
