"""Indexes that serve a filter and the order of its list together, and what lists are searched by."""

import django.db.models.functions.text
from django.db import migrations, models

import locations.rows.index_hints


class Migration(migrations.Migration):
    dependencies = [
        ("locations", "0004_word_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(locations.rows.index_hints.Ending("value", length=4), name="contact_point_ending"),
        ),
        migrations.AddIndex(
            model_name="location",
            index=models.Index(django.db.models.functions.text.Lower("email"), name="location_email"),
        ),
        migrations.AddIndex(
            model_name="location",
            index=models.Index(locations.rows.index_hints.Ending("phone", length=4), name="location_phone_ending"),
        ),
    ]
