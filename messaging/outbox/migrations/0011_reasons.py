"""Why a message is as it is, and what a provider said of it, are codes with values."""

from django.db import migrations

from locations.rows.reason_field import ReasonField


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0010_kinds_in_code"),
    ]

    operations = [
        migrations.RenameField(model_name="attempt", old_name="sentence", new_name="reason"),
        migrations.RenameField(model_name="receipt", old_name="sentence", new_name="reason"),
        migrations.AlterField(
            model_name="attempt", name="reason", field=ReasonField(verbose_name="what the provider said")
        ),
        migrations.AlterField(
            model_name="receipt", name="reason", field=ReasonField(verbose_name="what the provider said")
        ),
        migrations.AlterField(model_name="message", name="reason", field=ReasonField(verbose_name="reason")),
        migrations.AlterField(
            model_name="message",
            name="unwanted",
            field=ReasonField(help_text="why it is wanted no more, though it may have left: it does not go again"),
        ),
        migrations.AlterField(model_name="unusableaddress", name="reason", field=ReasonField(verbose_name="reason")),
    ]
