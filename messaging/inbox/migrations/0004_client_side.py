"""Links of clients that can be revoked, sites that may show the chat, addresses that were only claimed, turns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0003_search_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Turns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("since", models.DateTimeField(db_index=True)),
                ("count", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "turns",
                "verbose_name_plural": "turns",
            },
        ),
        migrations.RemoveField(
            model_name="conversation",
            name="link_version",
        ),
        migrations.AddField(
            model_name="chatsettings",
            name="allowed_origins",
            field=models.CharField(
                blank=True,
                help_text="Where the chat's button stands, like https://shop.example; several are separated by commas.",
                max_length=1000,
                verbose_name="sites that may show the chat",
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="links_from",
            field=models.DateTimeField(blank=True, help_text="links made earlier are revoked", null=True),
        ),
        migrations.AddField(
            model_name="conversationaddress",
            name="is_claimed",
            field=models.BooleanField(default=False),
        ),
    ]
