"""Conversations whose messages may go are found by an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0008_letters"),
        ("locations", "0004_word_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("state"),
                models.F("last_at"),
                condition=models.Q(("state", "closed"), models.Q(("last_words", ""), _negated=True)),
                name="conversation_silent",
            ),
        ),
    ]
