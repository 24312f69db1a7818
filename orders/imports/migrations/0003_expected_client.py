import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_standstills"), ("locations", "0003_bottle_debt_and_chat")]

    operations = [
        migrations.AddField(
            model_name="expectedlocation",
            name="client",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="locations.client",
            ),
        ),
    ]
