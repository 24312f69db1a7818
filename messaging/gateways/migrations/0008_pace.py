from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0007_polled_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="gateway",
            name="busy_since",
            field=models.DateTimeField(
                editable=False,
                help_text="since when it has had as many messages as its rate lets through",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="gateway",
            name="paced_at",
            field=models.DateTimeField(
                editable=False,
                help_text="since when the pace comes back, by the database's clock",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="gateway",
            name="paced_from",
            field=models.FloatField(editable=False, help_text="messages per second that it took then", null=True),
        ),
        migrations.AddField(
            model_name="gateway",
            name="pace_reason",
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
    ]
