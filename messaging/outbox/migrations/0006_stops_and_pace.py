from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0005_not_found_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="slowed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="since when the provider has asked to slow down for it",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="unwanted",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="why it is wanted no more, though it may have left: it does not go again",
                max_length=500,
            ),
        ),
    ]
