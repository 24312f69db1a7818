"""Storing many new rows at once, several times faster than `bulk_create`.

`bulk_create` asks every field of every row how to write itself, and on SQLite splits 500 orders into 13 statements.
Here plain fields are taken as they are, and the database gets all rows in a few long statements (SQLite) or in one COPY
(PostgreSQL).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import connection, models, router, transaction
from django.db.models.base import ModelState
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from .reason_field import ReasonField

Prepare = Callable[[Any], Any] | None  # None: the value is stored as it is
_READY = {str, type(None)}  # what is stored as it is, whatever the field
AT_ONCE = 100
"""Rows in one statement on SQLite, whose index of words is brought up to date after each statement, and slowly."""
AnyModel = TypeVar("AnyModel", bound=models.Model)
_NUMBERS = (models.IntegerField, models.BooleanField, models.ForeignKey)
_REPEATED = (models.DateTimeField, models.DecimalField)  # in one batch the same values come again and again


class Builder(Generic[AnyModel]):
    """Makes unsaved rows of one model, as `Model(**fields)` does, only sooner.

    The defaults are worked out once, and a row is filled as unpickling fills it, field by field nothing is called.
    """

    def __init__(self, model: type[AnyModel]) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        self.defaults = {field.attname: field.get_default() for field in fields}
        self.relations = {field.name: field.attname for field in fields if field.is_relation}

    def __call__(self, **fields: Any) -> AnyModel:
        row = self.model.__new__(self.model)
        row._state = ModelState()
        values = row.__dict__
        values.update(self.defaults)
        for name, value in fields.items():
            if name in self.relations:
                values[self.relations[name]] = value and value.pk
                row._state.fields_cache[name] = value
            else:
                values[name] = value
        return row


def insert_all(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model and give them their keys. Raises IntegrityError, and then stores none.

    Like `bulk_create` it calls no `save()`. Only for models of the default database without a parent table.
    """
    if not rows:
        return
    model = type(rows[0])
    _stamp(model, rows)
    with transaction.atomic(savepoint=False):
        attname = model._meta.pk.attname
        for row, key in zip(rows, _new_keys(model, len(rows)), strict=True):
            setattr(row, attname, key)  # `row.pk = key` does the same, by detours
        _write(model, _values(model, rows))
    for row in rows:
        row._state.adding = False
        row._state.db = router.db_for_write(model)


def _stamp(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    now = timezone.now()
    for field in model._meta.concrete_fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            for row in rows:
                setattr(row, field.attname, now)


def _values(model: type[models.Model], rows: Sequence[models.Model]) -> Iterator[tuple[Any, ...]]:
    """Each row as the database takes it; column by column, since most columns need nothing done."""
    take = attrgetter(*[field.attname for field in model._meta.concrete_fields])
    columns = [list(column) for column in zip(*map(take, rows), strict=True)]
    for position, field in enumerate(model._meta.concrete_fields):
        prepare = _preparation(field)
        if prepare and not _READY.issuperset(map(type, columns[position])):
            columns[position] = [None if value is None else prepare(value) for value in columns[position]]
    return zip(*columns, strict=True)


def _preparation(field: models.Field) -> Prepare:
    if isinstance(field, _NUMBERS):
        return None
    if type(field) in {models.CharField, models.TextField}:
        return str  # a member of an enumeration becomes its value
    if isinstance(field, ReasonField):
        return attrgetter("text")
    if isinstance(field, PhoneNumberField):
        return lambda phone: phone.as_e164 if phone and phone.is_valid() else field.get_db_prep_save(phone, connection)
    if isinstance(field, models.JSONField):
        return json.dumps  # as text, which both databases read; the field asks the connection how, for each value
    write = partial(field.get_db_prep_save, connection=connection)
    return lru_cache(maxsize=1000)(write) if isinstance(field, _REPEATED) else write


@lru_cache(maxsize=1000)
def _statement(model: type[models.Model], vendor: str, count: int = 0) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields if field.column)
    table = quote(model._meta.db_table)
    if vendor == "postgresql":
        return f"COPY {table} ({columns}) FROM STDIN"
    places = ", ".join(["?"] * len(model._meta.concrete_fields))
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([f'({places})'] * count)}"


def _write(model: type[models.Model], rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(_statement(model, "postgresql")) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        while some := list(islice(rows, AT_ONCE)):
            connection.connection.execute(_statement(model, "sqlite", len(some)), list(chain.from_iterable(some)))


def _new_keys(model: type[models.Model], count: int) -> Iterable[int]:
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The name in a SELECT of its own: else it is asked for each row.
            names = "(SELECT pg_get_serial_sequence(%s, %s)::regclass)"
            cursor.execute(f"SELECT nextval({names}) FROM generate_series(1, %s)", [table, key, count])
            return [row[0] for row in cursor.fetchall()]
        # A transaction of ours holds SQLite's one write lock from its beginning, so nobody takes these meanwhile.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return range(last + 1, last + count + 1)
