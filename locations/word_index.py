"""The index of words that rows are found by: made by migrations, kept in step by the database itself.

PostgreSQL computes a column `words` (so a scan need not make words of a text again) with a GIN index; SQLite has an
FTS5 table for each table, filled by triggers. A number is there with its endings, so that the beginning of an ending,
which is any part of it, is found like the beginning of a word.
"""

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .words import FROM, TO

ENDINGS = range(3, 11)
"""Characters of a number's endings that are kept."""
SPACE = " || ' ' || "


@dataclass(frozen=True)
class Words:
    """What of a table is found: `texts` by their words, `numbers` by any part, `phones` likewise if they are phones.

    `prefixes`: lengths of beginnings that SQLite keeps a list for, so that a usual one is found at once.
    """

    table: str
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    prefixes: str = "2 3 4 5"

    @property
    def columns(self) -> tuple[str, ...]:
        return self.texts + self.numbers + self.phones

    def on_sqlite(self, row: str = "") -> str:
        """SQL of all the words of a row; `row`: "new." or "old." in a trigger."""
        texts = [_folded(f"{row}{column}") for column in self.texts]
        numbers = [_folded(_with_endings(f"{row}{column}")) for column in self.numbers]
        phones = [
            f"CASE WHEN {column} LIKE '+%' THEN {_with_endings(column)} ELSE {column} END"
            for column in (f"{row}{name}" for name in self.phones)
        ]
        return SPACE.join(texts + numbers + phones)

    def on_postgresql(self) -> str:
        """SQL of the tsvector of a row."""
        parts = [*self.texts, *(f"gonets_endings({column})" for column in self.numbers)]
        parts += [
            f"CASE WHEN {column} LIKE '+%' THEN gonets_endings({column}) ELSE {column} END" for column in self.phones
        ]
        return f"gonets_words({' || chr(32) || '.join(parts)})"


_registered: dict[str, Words] = {}


def register(*indexes: Words) -> None:
    """Called by each room in its `ready()`, so that the indexes are kept in step."""
    _registered.update({index.table: index for index in indexes})


def make_index(schema_editor: Any, index: Words) -> None:
    """For a migration: make the index and fill it with what there is."""
    table = index.table
    if schema_editor.connection.vendor == "postgresql":
        for function in _postgresql_functions():
            schema_editor.execute(function, params=None)
        computed = f"tsvector GENERATED ALWAYS AS ({index.on_postgresql()}) STORED"
        schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN words {computed}", params=None)
        schema_editor.execute(f"CREATE INDEX {table}_words ON {table} USING gin (words)")
        return
    prefix = f"prefix='{index.prefixes}', " if index.prefixes else ""
    schema_editor.execute(
        f"CREATE VIRTUAL TABLE {table}_words USING fts5(words, content='', columnsize=0, detail=none, "
        f'{prefix}tokenize="unicode61 remove_diacritics 2")'
    )
    words = index.on_sqlite()
    schema_editor.execute(
        f"INSERT INTO {table}_words (rowid, words) SELECT id, {words} FROM {table} WHERE trim({words}) <> ''",
        params=None,
    )
    for statement in _triggers(index):
        schema_editor.execute(statement, params=None)


def remove_index(schema_editor: Any, index: Words) -> None:
    """The way back of the migration. PostgreSQL's functions stay: other tables use them."""
    table = index.table
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN words")
        return
    for event in ("added", "removed", "changed"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
    schema_editor.execute(f"DROP TABLE {table}_words")


def keep_in_step(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """SQLite's triggers. After each `migrate`, since a migration that makes a table anew loses its triggers."""
    if connection.vendor != "sqlite":
        return
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, index in _registered.items():
            if f"{table}_words" in tables:
                for statement in _triggers(index):
                    cursor.execute(statement)


def _triggers(index: Words) -> list[str]:
    table, new, old = index.table, index.on_sqlite("new."), index.on_sqlite("old.")
    add = f"INSERT INTO {table}_words (rowid, words) VALUES (new.id, {new});"
    remove = f"INSERT INTO {table}_words ({table}_words, rowid, words) VALUES ('delete', old.id, {old});"
    some = " OR ".join("{row}." + column + " <> ''" for column in index.columns)
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in index.columns)
    columns = ", ".join(index.columns)
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_added AFTER INSERT ON {table} WHEN {some.format(row='new')} "
        f"BEGIN {add} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_removed AFTER DELETE ON {table} WHEN {some.format(row='old')} "
        f"BEGIN {remove} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_changed AFTER UPDATE OF {columns} ON {table} "
        f"WHEN {changed} BEGIN {remove} {add} END",
    ]


def _with_endings(column: str) -> str:
    """For SQLite; of a shorter number all of it, once more."""
    return SPACE.join([column, *(f"substr({column}, -{length})" for length in ENDINGS)])


def _folded(text: str) -> str:
    """For SQLite: what Unicode takes for letters of their own, and we for spellings."""
    for letter, plain in {"ł": "l", "Ł": "l", "ё": "е", "Ё": "е", "ґ": "г", "Ґ": "г"}.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    return text


def _postgresql_functions() -> list[str]:
    before, after = (characters.replace("'", "''") for characters in (FROM, TO))
    return [
        "CREATE OR REPLACE FUNCTION gonets_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT "
        "AS $$ SELECT to_tsvector('pg_catalog.simple'::regconfig, "
        f"lower(translate($1, '{before}', '{after}'))) $$",
        "CREATE OR REPLACE FUNCTION gonets_endings(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT "
        f"AS $$ SELECT $1 || {' || '.join(f'chr(32) || right($1, {length})' for length in ENDINGS)} $$",
    ]
