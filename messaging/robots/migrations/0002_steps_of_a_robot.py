"""Index what a robot did today."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_default_stages"),
        ("robots", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="robotrun",
            name="robot",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="robots.robot",
                verbose_name="robot",
            ),
        ),
        migrations.AddIndex(
            model_name="robotrun",
            index=models.Index(models.F("robot"), models.F("finished_at"), name="step_of_robot"),
        ),
    ]
