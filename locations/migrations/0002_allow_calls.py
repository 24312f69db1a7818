from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("locations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="allow_calls",
            field=models.BooleanField(default=True, verbose_name="allow calls"),
        )
        for name in ("account", "client", "location")
    ]
