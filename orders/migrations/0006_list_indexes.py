"""Indexes that serve a filter and the order of its list together, and what lists are searched by."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import locations.rows.index_hints


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0005_list_indexes"),
        ("orders", "0005_stages_that_files_said"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="order",
            name="order_number",
        ),
        migrations.RemoveIndex(
            model_name="order",
            name="order_stage_newest",
        ),
        migrations.AlterField(
            model_name="order",
            name="client",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="locations.client",
                verbose_name="client",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="department",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="locations.department",
                verbose_name="department",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="stage",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="orders.stage",
                verbose_name="stage",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["number"], name="order_number", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(locations.rows.index_hints.Ending("number", length=3), name="order_number_ending"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(locations.rows.index_hints.Ending("contact_phone", length=4), name="order_phone_ending"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(django.db.models.functions.text.Lower("contact_email"), name="order_email"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("stage"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="order_stage_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("client"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="order_client",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("department"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="order_department",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("fulfilment"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="order_fulfilment",
            ),
        ),
    ]
