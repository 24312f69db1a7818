import django.db.models.deletion
from django.db import migrations, models

STATES = [
    ("reading", "being read"),
    ("checking", "being checked"),
    ("checked", "checked"),
    ("committing", "being imported"),
    ("done", "imported"),
    ("cancelled", "cancelled"),
    ("unreadable", "not readable"),
    ("failed", "broken off"),
]


class Migration(migrations.Migration):
    dependencies = [("imports", "0004_encoding")]

    operations = [
        migrations.CreateModel(
            name="ImportSlice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slices", to="imports.import"
                    ),
                ),
            ],
            options={"ordering": ["position"]},
        ),
        migrations.AddConstraint(
            model_name="importslice",
            constraint=models.UniqueConstraint(models.F("run"), models.F("position"), name="import_slice_once"),
        ),
        migrations.AddField(model_name="import", name="readings", field=models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(choices=STATES, default="checking", max_length=10, verbose_name="state"),
        ),
        migrations.RemoveIndex(model_name="import", name="import_working"),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                models.F("moved_at"),
                condition=models.Q(("state__in", ["reading", "checking", "committing"])),
                name="import_working",
            ),
        ),
    ]
