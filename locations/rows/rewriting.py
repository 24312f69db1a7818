"""Old rows brought to the form in which new ones are stored, for data migrations: in batches, again without harm."""

from collections.abc import Callable, Iterator

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

BATCH = 5000  # rows looked at in one statement

Clash = Callable[[Model, str], None]
"""(row, the form that another row has already): what is done with the row."""


def lower_emails(rows: QuerySet, field: str) -> None:
    """In lower case, where the column lets any two rows be alike."""
    for batch in batches(rows):
        batch.exclude(**{field: Lower(field)}).update(**{field: Lower(field)})


def rewrite(rows: QuerySet, field: str, into: Callable[[str], str], clash: Clash) -> None:
    """One by one what is in another form, where a constraint may keep two rows from being alike."""
    for batch in batches(rows):
        for row in batch:
            old = getattr(row, field)
            if (new := into(old)) != old:
                _set(row, field, new, clash)


def _set(row: Model, field: str, new: str, clash: Clash) -> None:
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{field: new})
    except IntegrityError:
        clash(row, new)


def batches(rows: QuerySet) -> Iterator[QuerySet]:
    """All rows, so many at a time, by their keys."""
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield rows.filter(pk__gt=last, pk__lte=keys[-1])
        last = keys[-1]


def remove(row: Model, _new: str) -> None:
    """The other row says the same."""
    row.delete()


def leave(_row: Model, _new: str) -> None:
    """Two rows stay that people must tell apart or merge by hand."""
