"""Why a step is as it is: a code with values. The sentences of before are read in the next migration."""

from django.db import migrations, models

import locations.rows.reason_field


class Migration(migrations.Migration):
    dependencies = [("robots", "0009_kinds_in_code")]

    operations = [
        migrations.AlterField(
            model_name="robotstep",
            name="reason",
            field=locations.rows.reason_field.ReasonField(verbose_name="reason"),
        ),
        migrations.AddIndex(
            model_name="robotstep",
            index=models.Index(
                locations.rows.reason_field.ReasonCode("reason"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("reason__given", True)),
                name="step_reason",
            ),
        ),
    ]
