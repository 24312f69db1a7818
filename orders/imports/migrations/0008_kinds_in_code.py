"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import orders.imports.models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0007_expected_clients"),
    ]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=orders.imports.models.ImportState.options,
                default="checking",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
