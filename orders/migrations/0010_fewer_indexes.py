"""An import writes each of a table's indexes: those that others answer for go, and empty keys are in none."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import locations.lookups
from locations.key_indexes import DropKeyIndex


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0009_old_refusals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="order", name="order_phone"),
        migrations.RemoveIndex(model_name="order", name="order_phone_ending"),
        migrations.RemoveIndex(model_name="order", name="order_department"),
        DropKeyIndex(
            model_name="stagechange",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        DropKeyIndex(
            model_name="stagechange",
            name="from_stage",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="orders.stage",
                verbose_name="from",
            ),
        ),
        DropKeyIndex(
            model_name="stagechange",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stage_changes",
                to="orders.order",
                verbose_name="order",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                locations.lookups.Ending("contact_phone", length=4), models.F("contact_phone"), name="order_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("department"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("department__isnull", False)),
                name="order_department",
            ),
        ),
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(
                models.F("from_stage"), condition=models.Q(("from_stage__isnull", False)), name="stage_change_from"
            ),
        ),
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(models.F("by"), condition=models.Q(("by__isnull", False)), name="stage_change_by"),
        ),
    ]
