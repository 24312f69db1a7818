"""An import writes each of a table's indexes: those that others answer for go, and empty keys are in none."""

import django.db.models.deletion
from django.db import migrations, models

from locations.key_indexes import DropKeyIndex


class Migration(migrations.Migration):
    dependencies = [("locations", "0007_composed_names")]

    operations = [
        DropKeyIndex(
            model_name="client",
            name="company",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                limit_choices_to={"kind": "company"},
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="people",
                to="locations.client",
                verbose_name="company",
            ),
        ),
        DropKeyIndex(
            model_name="contactpoint",
            name="client",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contact_points",
                to="locations.client",
                verbose_name="client",
            ),
        ),
        DropKeyIndex(
            model_name="location",
            name="zone",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="locations",
                to="locations.deliveryzone",
                verbose_name="delivery zone",
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                models.F("company"), condition=models.Q(("company__isnull", False)), name="client_company"
            ),
        ),
        migrations.AddIndex(
            model_name="location",
            index=models.Index(models.F("zone"), condition=models.Q(("zone__isnull", False)), name="location_zone"),
        ),
    ]
