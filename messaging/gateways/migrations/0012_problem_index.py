"""The list of calls is filtered by why they had no effect."""

from django.db import migrations, models

from locations.rows.reason_field import ReasonCode


class Migration(migrations.Migration):
    dependencies = [("gateways", "0011_old_reasons")]

    operations = [
        migrations.AddIndex(
            model_name="hookevent",
            index=models.Index(
                ReasonCode("problem"),
                models.F("id").desc(),
                condition=models.Q(("problem__given", True)),
                name="hook_event_problem",
            ),
        ),
    ]
