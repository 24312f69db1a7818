import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0006_balance"),
        ("outbox", "0002_doubts_and_unusable_addresses"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("gateway"),
                models.F("sent_at"),
                condition=models.Q(("state", "sent")),
                name="message_unconfirmed",
            ),
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider_id", models.CharField(blank=True, max_length=255, verbose_name="provider's number")),
                ("status", models.CharField(max_length=9, verbose_name="state")),
                ("code", models.CharField(blank=True, max_length=50, verbose_name="code")),
                ("sentence", models.CharField(blank=True, max_length=500, verbose_name="what the provider said")),
                ("fault", models.CharField(blank=True, max_length=10, verbose_name="whose fault")),
                ("at", models.DateTimeField(null=True, verbose_name="when")),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                (
                    "gateway",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gateways.gateway",
                        verbose_name="gateway",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="outbox.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["id"],
                "indexes": [models.Index(models.F("received_at"), name="receipt_received")],
            },
        ),
    ]
