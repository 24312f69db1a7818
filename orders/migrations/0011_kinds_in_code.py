"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import orders.models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_fewer_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stage",
            name="kind",
            field=models.CharField(choices=orders.models.StageKind.options, max_length=10, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="stagechange",
            name="cause",
            field=models.CharField(
                choices=orders.models.Cause.options, default="form", max_length=10, verbose_name="how"
            ),
        ),
    ]
