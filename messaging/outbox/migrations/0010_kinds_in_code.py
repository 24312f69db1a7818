"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import locations.values.channels
import messaging.outbox.states


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0009_drain_slots_of_the_worker"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=locations.values.channels.Channel.options, max_length=10, verbose_name="channel"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="purpose",
            field=models.CharField(
                choices=locations.values.channels.Purpose.options,
                default="service",
                max_length=11,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=messaging.outbox.states.MessageState.options,
                default="queued",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="unusableaddress",
            name="channel",
            field=models.CharField(
                choices=locations.values.channels.Channel.options, max_length=10, verbose_name="channel"
            ),
        ),
    ]
