import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0007_hidden_last_words")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                (
                    "chat_message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letter", to="inbox.chatmessage"
                    ),
                ),
            ],
            options={"verbose_name": "letter", "verbose_name_plural": "letters"},
        ),
    ]
