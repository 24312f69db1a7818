"""Indexes that serve a filter and the order of its list together; and those of the worker, which SQLite takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_stops_and_pace")]

    operations = [
        migrations.RemoveIndex(
            model_name="message",
            name="message_lease",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_look_up",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_expiry",
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"),
                models.F("lease_until"),
                condition=models.Q(("state", "sending")),
                name="message_lease",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"),
                models.F("expires_at"),
                condition=models.Q(("expires_at__isnull", False), ("state", "queued")),
                name="message_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"),
                models.F("look_up_at"),
                condition=models.Q(("state", "in_doubt")),
                name="message_look_up",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"), models.F("send_at"), condition=models.Q(("state", "held")), name="message_held"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"),
                models.F("send_at"),
                condition=models.Q(("gateway__isnull", True), ("state", "queued")),
                name="message_homeless",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("channel"), models.OrderBy(models.F("id"), descending=True), name="message_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("purpose"), models.OrderBy(models.F("id"), descending=True), name="message_purpose"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("state"),
                models.F("channel"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "failed")),
                name="message_failed",
            ),
        ),
    ]
