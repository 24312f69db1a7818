"""The list of messages is filtered by why they are as they are."""

from django.db import migrations, models

from locations.rows.reason_field import ReasonCode


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0012_old_reasons"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                ReasonCode("reason"),
                models.F("id").desc(),
                condition=models.Q(("reason__given", True)),
                name="message_reason",
            ),
        ),
    ]
