import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import messaging.gateways.models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0002_concurrency_and_rest"),
    ]

    operations = [
        migrations.AddField(
            model_name="gateway",
            name="hook_called_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="hook_key",
            field=models.CharField(
                default=messaging.gateways.models.make_hook_key, editable=False, max_length=50, null=True
            ),
        ),
        migrations.CreateModel(
            name="HookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dedupe_key", models.CharField(max_length=64)),
                ("method", models.CharField(max_length=7)),
                ("url", models.TextField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("handle_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("handled_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=500)),
                (
                    "gateway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hook_events",
                        to="gateways.gateway",
                    ),
                ),
            ],
            options={
                "verbose_name": "call of a provider",
                "verbose_name_plural": "calls of providers",
                "indexes": [
                    models.Index(
                        models.F("handle_after"),
                        models.F("id"),
                        condition=models.Q(("handled_at__isnull", True)),
                        name="hook_event_due",
                    ),
                    models.Index(models.F("received_at"), name="hook_event_received"),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("gateway"), models.F("dedupe_key"), name="hook_event_once")
                ],
            },
        ),
    ]
