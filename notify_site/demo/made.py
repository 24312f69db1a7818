"""Remembering what the demo made."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django_q.models import Schedule

from notify_site.models import DemoRow

AnyModel = TypeVar("AnyModel", bound=Model)


def is_loaded() -> bool:
    return DemoRow.objects.exists()


def lock() -> bool:
    """Hold the demo until the transaction ends: it is not moved on while it is removed. False: there is none."""
    kind = ContentType.objects.get_for_model(Schedule)
    return DemoRow.objects.select_for_update().filter(content_type=kind).first() is not None


def remember(rows: Iterable[Model]) -> None:
    """These rows are the demo's own."""
    DemoRow.objects.bulk_create(
        [DemoRow(content_type=ContentType.objects.get_for_model(row), object_id=row.pk) for row in rows],
        ignore_conflicts=True,
    )


def rows_of(model: type[AnyModel]) -> QuerySet[AnyModel]:
    """The rows of a model that the demo made and that are still there."""
    kind = ContentType.objects.get_for_model(model)
    return model._default_manager.filter(pk__in=DemoRow.objects.filter(content_type=kind).values("object_id"))


def find_or_make(model: type[AnyModel], name: str, **fields: object) -> AnyModel:
    """The row of that name; if the demo has to make it, it is the demo's own."""
    row, is_new = model._default_manager.get_or_create(name=name, defaults=fields)
    if is_new:
        remember([row])
    return row
