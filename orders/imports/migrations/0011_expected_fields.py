"""What a file's columns say of a location to come is known to its later rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0010_old_reasons")]

    operations = [
        migrations.AddField(model_name="expectedlocation", name="fields", field=models.JSONField(default=dict)),
    ]
