"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import locations.values.channels


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0010_company"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="channel",
            field=models.CharField(
                choices=locations.values.channels.Channel.options, max_length=10, verbose_name="channel"
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=locations.values.channels.Purpose.options, max_length=11, verbose_name="purpose"
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="channel",
            field=models.CharField(
                choices=locations.values.channels.Channel.options, max_length=10, verbose_name="channel"
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="purpose",
            field=models.CharField(
                choices=locations.values.channels.Purpose.options, max_length=11, verbose_name="purpose"
            ),
        ),
    ]
