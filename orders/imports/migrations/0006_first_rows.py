from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0005_kept_files")]

    operations = [
        migrations.AddField(model_name="importchunk", name="first_row", field=models.PositiveIntegerField(default=0))
    ]
