"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import locations.values.channels
import messaging.texts.models


class Migration(migrations.Migration):
    dependencies = [
        ("texts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagetemplate",
            name="purpose",
            field=models.CharField(
                choices=locations.values.channels.Purpose.options,
                default="service",
                max_length=11,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="messagetemplate",
            name="use",
            field=models.CharField(
                choices=messaging.texts.models.TemplateUse.options, default="order", max_length=8, verbose_name="use"
            ),
        ),
    ]
