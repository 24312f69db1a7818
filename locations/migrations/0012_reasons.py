"""Where somebody said what they want, and why an address is suppressed, are codes with values."""

from django.db import migrations

import locations.rows.reason_field


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0011_kinds_in_code"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="source",
            field=locations.rows.reason_field.ReasonField(verbose_name="said where"),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=locations.rows.reason_field.ReasonField(verbose_name="reason"),
        ),
    ]
