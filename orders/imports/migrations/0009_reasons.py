"""Why an import stands is a reason: a code with values, worded for whoever looks, not in its own language."""

from django.db import migrations

import locations.rows.reason_field


class Migration(migrations.Migration):
    dependencies = [("imports", "0008_kinds_in_code")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="problem",
            field=locations.rows.reason_field.ReasonField(verbose_name="problem"),
        ),
        migrations.RemoveField(model_name="import", name="language"),
    ]
