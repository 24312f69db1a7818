"""Indexes that serve a filter and the order of its list together; and those of the worker, which SQLite takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("robots", "0004_step_ended")]

    operations = [
        migrations.RemoveIndex(
            model_name="robotrun",
            name="step_due",
        ),
        migrations.AddIndex(
            model_name="robotrun",
            index=models.Index(
                models.F("state"),
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("state__in", ["planned", "postponed"])),
                name="step_due",
            ),
        ),
        migrations.AddIndex(
            model_name="robotrun",
            index=models.Index(
                models.F("state"), models.F("due_at"), condition=models.Q(("state", "held")), name="step_held"
            ),
        ),
        migrations.AddIndex(
            model_name="robotrun",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state__in", ["done", "skipped", "cancelled", "expired", "failed"]), _negated=True),
                name="step_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="robotrun",
            index=models.Index(
                models.F("robot"), models.OrderBy(models.F("id"), descending=True), name="step_newest_of_robot"
            ),
        ),
    ]
