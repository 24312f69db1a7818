from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_expected_client")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="encoding",
            field=models.CharField(blank=True, max_length=10, verbose_name="encoding"),
        ),
    ]
