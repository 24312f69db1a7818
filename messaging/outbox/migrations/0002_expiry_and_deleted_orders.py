from django.db import migrations, models

import messaging.outbox.models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("orders", "0002_default_stages")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=messaging.outbox.models.cancel_and_unlink,
                related_name="messages",
                to="orders.order",
                verbose_name="order",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("expires_at"),
                condition=models.Q(expires_at__isnull=False, state="queued"),
                name="message_expiry",
            ),
        ),
    ]
