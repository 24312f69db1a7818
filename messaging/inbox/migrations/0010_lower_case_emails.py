"""Addresses that people wrote from, before e-mail addresses were compared in lower case."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.rewriting import rewrite


def lower(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    rewrite(apps.get_model("inbox", "ConversationAddress").objects.filter(kind="email"), "address", str.lower, merge)


def merge(row: Any, address: str) -> None:
    """The one that was written from last stays; what was shown once to be theirs is not only claimed."""
    same = {"conversation": row.conversation_id, "kind": row.kind, "line": row.line_id}
    twin = type(row).objects.get(address=address, **same)
    twin.is_claimed = twin.is_claimed and row.is_claimed
    if row.last_wrote_at > twin.last_wrote_at:
        twin.last_wrote_at, twin.thread = row.last_wrote_at, row.thread
    row.delete()
    twin.save()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inbox", "0009_silent_conversations")]
    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
