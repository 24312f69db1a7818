"""The index of words that messages and names are found by: made by a migration, kept in step by the database itself.

A word is found by its beginning, in any case, with or without Polish and other diacritics ("zolty" finds "Żółty").
PostgreSQL computes a column `words` (so a scan need not make words of a text again) with a GIN index; SQLite has an
FTS5 table for each of WORDS, filled by triggers.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

WORDS = {"inbox_chatmessage": "text", "inbox_conversation": "title"}
"""Table -> the column whose words are found."""

_ACCENTED, _PLAIN = "ąćęłńóśźżáàâäãåçéèêëíìîïñòôöõúùûüýčďěňřšťůžёґ", "acelnoszzaaaaaaceeeeiiiinoooouuuuycdenrstuzег"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїє"
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»„“”‘’–—…№§°•·\u00a0"
# One table for all of it: a database's own lower() knows as many alphabets as its locale does.
_FROM = _ACCENTED + _ACCENTED.upper() + _CYRILLIC.upper() + _PUNCTUATION
_TO = _PLAIN + _PLAIN + _CYRILLIC + " " * len(_PUNCTUATION)
_FOLD = str.maketrans(_FROM, _TO)


def words_of(term: str, most: int = 8) -> list[str]:
    """What is looked for, as the index has it: letters and digits only, so that nothing needs quoting."""
    folded = term.translate(_FOLD).lower().translate(_FOLD)
    words = ("".join(one for one in word if one.isalnum()) for word in folded.split())
    return [word for word in words if word][:most]


def make_index(schema_editor: Any) -> None:
    """For a migration: make the index and fill it with what there is."""
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(_postgresql_function(), params=None)
        for table, column in WORDS.items():
            computed = f"tsvector GENERATED ALWAYS AS (gonets_words({column})) STORED"
            schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN words {computed}")
            schema_editor.execute(f"CREATE INDEX {table}_words ON {table} USING gin (words)")
        return
    for table, column in WORDS.items():
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {table}_words USING fts5(words, content='', columnsize=0, detail=none, "
            "prefix='2 3 4 5', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        schema_editor.execute(
            f"INSERT INTO {table}_words (rowid, words) SELECT id, {_folded(column)} FROM {table} WHERE {column} <> ''"
        )
    keep_in_step(connection)


def remove_index(schema_editor: Any) -> None:
    """The way back of the migration."""
    if schema_editor.connection.vendor == "postgresql":
        for table in WORDS:
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN words")
        schema_editor.execute("DROP FUNCTION gonets_words(text)")
        return
    for table in WORDS:
        for event in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
        schema_editor.execute(f"DROP TABLE {table}_words")


def keep_in_step(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """SQLite's triggers. After each `migrate`, since a migration that makes a table anew loses its triggers."""
    if connection.vendor != "sqlite":
        return
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, column in WORDS.items():
            if f"{table}_words" in tables:
                for statement in _triggers(table, column):
                    cursor.execute(statement)


def _triggers(table: str, column: str) -> list[str]:
    add = f"INSERT INTO {table}_words (rowid, words) VALUES (new.id, {_folded(f'new.{column}')});"
    old = _folded(f"old.{column}")
    remove = f"INSERT INTO {table}_words ({table}_words, rowid, words) VALUES ('delete', old.id, {old});"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_added AFTER INSERT ON {table} WHEN new.{column} <> '' BEGIN {add} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_removed AFTER DELETE ON {table} WHEN old.{column} <> '' "
        f"BEGIN {remove} END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_changed AFTER UPDATE OF {column} ON {table} "
        f"WHEN old.{column} IS NOT new.{column} BEGIN {remove} {add} END",
    ]


def _folded(column: str) -> str:
    """For SQLite: what Unicode takes for letters of their own, and we for spellings."""
    for letter, plain in {"ł": "l", "Ł": "l", "ё": "е", "Ё": "е", "ґ": "г", "Ґ": "г"}.items():
        column = f"replace({column}, '{letter}', '{plain}')"
    return column


def _postgresql_function() -> str:
    before, after = (characters.replace("'", "''") for characters in (_FROM, _TO))
    return (
        "CREATE FUNCTION gonets_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$ "
        f"SELECT to_tsvector('pg_catalog.simple'::regconfig, lower(translate($1, '{before}', '{after}'))) $$"
    )
