from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gateways", "0006_old_unclear_calls")]

    operations = [
        migrations.AddField(
            model_name="gateway",
            name="polled_at",
            field=models.DateTimeField(
                editable=False, help_text="when it last answered, or began to be asked", null=True
            ),
        ),
    ]
