"""What the program tells operators, and why a file was not taken, become reasons: codes with values."""

from django.db import migrations, models

from locations.rows.reason_field import ReasonField


class Migration(migrations.Migration):
    dependencies = [("inbox", "0011_kinds_in_code")]

    operations = [
        migrations.RemoveIndex("conversation", "conversation_silent"),
        migrations.AddField("chatmessage", "notice", ReasonField(verbose_name="notice")),
        migrations.AddField("conversation", "last_notice", ReasonField()),
        migrations.AlterField("attachment", "reason", ReasonField()),
        migrations.AddIndex(
            "chatmessage",
            models.Index(
                models.OrderBy(models.F("id"), descending=True),
                name="chat_message_notice",
                condition=models.Q(("notice", ""), _negated=True),
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                models.F("state"),
                models.F("last_at"),
                name="conversation_silent",
                condition=models.Q(("state", "closed"), models.Q(("last_sender", ""), _negated=True)),
            ),
        ),
    ]
