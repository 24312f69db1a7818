"""The index of words that rows are found by: made by migrations, kept in step by the database itself.

PostgreSQL computes a column `words` (so a scan need not make words of a text again) with a GIN index; SQLite has an
FTS5 table for each table, filled by triggers. Numbers and phones are not in it, but found by their endings in an
ordinary index (see `locations.rows.index_hints`): words cost an import ten times as much.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .words import FOLD, FROM, TO

SPACE = " || ' ' || "
_EVENTS = ("added", "removed", "rewritten")  # SQLite has a trigger for each
_ONCE = ("changed",)  # those of earlier versions


@dataclass(frozen=True)
class Words:
    """The columns of a table whose words are found.

    `prefixes`: lengths of beginnings that SQLite keeps a list for; worth it where texts are long.
    """

    table: str
    columns: tuple[str, ...]
    prefixes: str = ""

    def on_sqlite(self, row: str = "") -> str:
        """SQL of all the words of a row; `row`: "new." or "old." in a trigger."""
        return _folded(SPACE.join(f"{row}{column}" for column in self.columns))

    def on_postgresql(self) -> str:
        """SQL of the tsvector of a row."""
        return f"gonets_words({SPACE.join(self.columns)})"


_registered: dict[str, Words] = {}


def register(*indexes: Words) -> None:
    """Called by each room in its `ready()`, so that the indexes are kept in step."""
    _registered.update({index.table: index for index in indexes})


def make_index(schema_editor: Any, index: Words) -> None:
    """For a migration: make the index and fill it with what there is."""
    table = index.table
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_postgresql_function(), params=None)
        computed = f"tsvector GENERATED ALWAYS AS ({index.on_postgresql()}) STORED"
        schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN words {computed}", params=None)
        schema_editor.execute(f"CREATE INDEX {table}_words ON {table} USING gin (words)")
        return
    prefix = f"prefix='{index.prefixes}', " if index.prefixes else ""
    schema_editor.execute(
        f"CREATE VIRTUAL TABLE {table}_words USING fts5(words, content='', columnsize=0, detail=none, "
        f'{prefix}tokenize="unicode61 remove_diacritics 2")'
    )
    schema_editor.execute(_filling(index), params=None)
    for statement in _triggers(index):
        schema_editor.execute(statement, params=None)


def renew_function(schema_editor: Any) -> None:
    """For a migration: PostgreSQL's function as it is written now; what it has made of texts must still be right."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_postgresql_function(), params=None)


def remove_index(schema_editor: Any, index: Words) -> None:
    """The way back of the migration. PostgreSQL's function stays: other tables use it."""
    table = index.table
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN words")
        return
    for event in (*_EVENTS, *_ONCE):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
    schema_editor.execute(f"DROP TABLE {table}_words")


def keep_in_step(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """SQLite's triggers. After each `migrate`, since a migration that makes a table anew loses its triggers."""
    if connection.vendor != "sqlite":
        return
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, index in _registered.items():
            if f"{table}_words" in tables and _lacks_triggers(cursor, index):
                with transaction.atomic(using=connection.alias):
                    _begin_anew(cursor, index)


def _lacks_triggers(cursor: Any, index: Words) -> bool:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [index.table])
    return not {f"{index.table}_{event}" for event in _EVENTS} <= {name for (name,) in cursor.fetchall()}


def _begin_anew(cursor: Any, index: Words) -> None:
    """Rows that came or changed meanwhile are not as the index has them: to take such a one out would break it."""
    cursor.execute(f"INSERT INTO {index.table}_words ({index.table}_words) VALUES ('delete-all')")
    cursor.execute(_filling(index))
    for event in _ONCE:
        cursor.execute(f"DROP TRIGGER IF EXISTS {index.table}_{event}")
    for statement in _triggers(index):
        cursor.execute(statement)


def _filling(index: Words) -> str:
    words = index.on_sqlite()
    return (
        f"INSERT INTO {index.table}_words (rowid, words) SELECT id, {words} FROM {index.table} "
        f"WHERE trim({words}) <> ''"
    )


def _triggers(index: Words) -> list[str]:
    """A row without words is not in the index: taken out all the same, it would break it."""
    table, new, old = index.table, index.on_sqlite("new."), index.on_sqlite("old.")
    some = " OR ".join("{row}." + column + " <> ''" for column in index.columns)
    was, now = some.format(row="old"), some.format(row="new")
    add = f"INSERT INTO {table}_words (rowid, words) SELECT new.id, {new} WHERE {now};"
    remove = f"INSERT INTO {table}_words ({table}_words, rowid, words) SELECT 'delete', old.id, {old} WHERE {was};"
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in index.columns)
    columns = ", ".join(index.columns)
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_added AFTER INSERT ON {table} WHEN {now} BEGIN {add} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_removed AFTER DELETE ON {table} WHEN {was} BEGIN {remove} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_rewritten AFTER UPDATE OF {columns} ON {table} "
        f"WHEN {changed} BEGIN {remove} {add} END",
    ]


def _folded(text: str) -> str:
    """For SQLite: what Unicode takes for letters of their own, and we for spellings."""
    for letter, plain in {"ł": "l", "Ł": "l", "ё": "е", "Ё": "е", "ґ": "г", "Ґ": "г"}.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    return text


# PostgreSQL's translate() looks for each letter from the beginning of its table, so the usual ones stand there.
_USUAL = (
    " aeionrzwcystkdlmpu0123456789.,bgjhfvxq/-ąćęłńóśźżоаеинтрслвкпмудяыьзбгчйхжшющэцфіїєъABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


def _postgresql_function() -> str:
    before, after = (characters.replace("'", "''") for characters in (_USUAL + FROM, _USUAL.translate(FOLD) + TO))
    return (
        "CREATE OR REPLACE FUNCTION gonets_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT "
        "AS $$ SELECT to_tsvector('pg_catalog.simple'::regconfig, "
        f"lower(translate($1, '{before}', '{after}'))) $$"
    )
