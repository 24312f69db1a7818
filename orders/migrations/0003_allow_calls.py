from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_default_stages")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="allow_calls",
            field=models.BooleanField(default=True, verbose_name="allow calls"),
        ),
    ]
