"""Saved lists of operators; indexes for lists by line and of what is assigned."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0001_initial"),
        ("locations", "0003_bottle_debt_and_chat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=500)),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("line"),
                models.F("state"),
                models.OrderBy(models.F("is_unread"), descending=True),
                models.OrderBy(models.F("last_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="conversation_line",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("state"),
                models.OrderBy(models.F("is_unread"), descending=True),
                models.OrderBy(models.F("last_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("assignee__isnull", False)),
                name="conversation_assigned",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(models.F("owner"), models.F("name"), name="saved_view_once"),
        ),
    ]
