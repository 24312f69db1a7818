"""What is wrong with a gateway, and why a call had no effect, are codes with values."""

from django.db import migrations

from locations.rows.reason_field import ReasonField


class Migration(migrations.Migration):
    dependencies = [("gateways", "0009_left_until")]

    operations = [
        migrations.AlterField("gateway", "pause_reason", ReasonField(verbose_name="why paused")),
        migrations.AlterField("gateway", "last_error", ReasonField(verbose_name="last error")),
        migrations.AlterField("gateway", "pace_reason", ReasonField()),
        migrations.AlterField(
            "gateway", "hook_problem", ReasonField(help_text="why a call was turned away at the door")
        ),
        migrations.AlterField("gateway", "poll_problem", ReasonField()),
        migrations.AlterField("hookevent", "problem", ReasonField(help_text="why it, or a part of it, had no effect")),
        migrations.RenameField("sandboxdelivery", "outcome", "reason"),
        migrations.AlterField(
            "sandboxdelivery",
            "reason",
            ReasonField(help_text="why it was not delivered, or nobody knows; none: it arrived"),
        ),
    ]
