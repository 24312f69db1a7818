"""A new kind is one line of code: no migration knows the old ones."""

from django.apps import apps
from django.db.migrations.writer import MigrationWriter

from locations.values.kinds import Kinds

ROOMS = {"locations", "orders", "imports", "gateways", "texts", "outbox", "inbox", "robots"}


class Weather(Kinds):
    SUN = "sun", "Sun"


def test_a_migration_names_the_kinds_by_their_class_not_one_by_one():
    written, _imports = MigrationWriter.serialize(Weather.options)
    assert written == "tests.house.test_kinds.Weather.options"
    assert Weather.options() == [("sun", "Sun")]


def test_each_field_of_such_kinds_names_them_so():
    wrong = [
        f"{field.model.__name__}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if isinstance(getattr(field, "default", None), Kinds) and not callable(field.deconstruct()[3]["choices"])
    ]
    assert not wrong
