"""Kinds, states and the like are named by the code alone: a new one is no migration."""

from django.db import migrations, models

import messaging.robots.event_registry
import messaging.robots.states


class Migration(migrations.Migration):
    dependencies = [
        ("robots", "0008_names_of_steps"),
    ]

    operations = [
        migrations.AlterField(
            model_name="robot",
            name="event",
            field=models.CharField(
                choices=messaging.robots.event_registry.event_options,
                default="stage_entered",
                max_length=20,
                verbose_name="when",
            ),
        ),
        migrations.AlterField(
            model_name="robotstep",
            name="state",
            field=models.CharField(
                choices=messaging.robots.states.StepState.options, default="planned", max_length=9, verbose_name="state"
            ),
        ),
    ]
