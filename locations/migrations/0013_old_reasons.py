"""Where somebody said what they want, as it was kept before it was a code with values."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ..rows.old_sentences import Sentence, declared_sentences, into_reasons, into_sentences

SENTENCES = [
    Sentence(r"client's card, (?P<user>.*)", "locations.client_card"),
    Sentence(r"Written to “(?P<line>.*?)” on (?P<at>[\d.]+ [\d:]+): “(?P<text>.*)”", "locations.written_to_line"),
]


def read(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """A STOP that only the provider knew of is kept in its words."""
    known = [*SENTENCES, *declared_sentences()]
    into_reasons(apps.get_model("locations", "Consent").objects, "source", known)
    into_reasons(apps.get_model("locations", "Suppression").objects, "reason", known)


def write(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    into_sentences(apps.get_model("locations", "Consent").objects, ["source"])
    into_sentences(apps.get_model("locations", "Suppression").objects, ["reason"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("locations", "0012_reasons")]
    operations = [migrations.RunPython(read, write)]
