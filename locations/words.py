"""Words as they are looked for, and the rows that have them: one way for orders, clients, places and chats.

A word is found by its beginning, in any case, with or without Polish and other diacritics ("zolty" finds "Żółty").
The index behind it is made in `locations.word_index`.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

MOST = 1000
"""Found at once; who has more than that to look through adds a word or a filter."""
SHORTEST = 2
"""Characters; less is no search."""
HIGHEST = 2**62
NEWEST = 100_000
"""Rows looked through first: a usual word has hits enough among them, and need not be counted in all the others."""

_ACCENTED, _PLAIN = "ąćęłńóśźżáàâäãåçéèêëíìîïñòôöõúùûüýčďěňřšťůžёґ", "acelnoszzaaaaaaceeeeiiiinoooouuuuycdenrstuzег"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїє"
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»„“”‘’–—…№§°•·\u00a0"
# One table for all of it: a database's own lower() knows as many alphabets as its locale does.
FROM = _ACCENTED + _ACCENTED.upper() + _CYRILLIC.upper() + _PUNCTUATION
TO = _PLAIN + _PLAIN + _CYRILLIC + " " * len(_PUNCTUATION)
FOLD = str.maketrans(FROM, TO)


def words_of(term: str, most: int = 8) -> list[str]:
    """What is looked for, as the index has it: letters and digits only, so that nothing needs quoting."""
    folded = term.translate(FOLD).lower().translate(FOLD)
    words = ("".join(one for one in word if one.isalnum()) for word in folded.split())
    return [word for word in words if word][:most]


def has_words(text: str, words: Sequence[str]) -> bool:
    """Whether the text has a word that begins with each of these, as the index would find it."""
    known = words_of(text, most=len(text))
    return all(any(one.startswith(word) for one in known) for word in words)


def rows_found(table: str, term: str, at_most: int = MOST) -> list[int]:
    """Ids of the rows that have all the words of the term, the highest first; none for too short a term."""
    words = words_of(term)
    return ids_with(table, words, at_most) if len("".join(words)) >= SHORTEST else []


def ids_with(table: str, words: Sequence[str], at_most: int = MOST) -> list[int]:
    """Ids of the rows that have all the words, the highest first: first among the newest rows, then among all."""
    newest = _newest_id(table)
    found = ids_between(table, words, at_most, (max(1, newest - NEWEST), newest + 1))
    return found if len(found) >= at_most or newest <= NEWEST else ids_between(table, words, at_most)


def ids_between(table: str, words: Iterable[str], at_most: int, between: tuple[int, int] | None = None) -> list[int]:
    """The same; `between`: from this id, below that one."""
    words = list(words)
    if not words:
        return []
    low, high = between or (0, HIGHEST)
    if connection.vendor == "postgresql":
        statement, query = _postgresql(table, is_narrow=low > 0), " & ".join(f"{word}:*" for word in words)
    else:
        statement, query = _sqlite(f"{table}_words"), " ".join(f'"{word}"*' for word in words)
    with connection.cursor() as cursor:
        cursor.execute(statement, [query, low, high, at_most])
        return [row[0] for row in cursor.fetchall()]


def _newest_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        return cursor.fetchone()[0] or 0


def _sqlite(table: str) -> str:
    return (
        f"SELECT rowid FROM {table} WHERE {table} MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
    )


def _postgresql(table: str, *, is_narrow: bool) -> str:
    """Among few rows the planner may go through all of them; among all it must ask the index, whatever it thinks."""
    found = f"SELECT id FROM {table} WHERE words @@ to_tsquery('pg_catalog.simple', %s) AND id >= %s AND id < %s"
    if not is_narrow:
        found = f"WITH found AS MATERIALIZED ({found}) SELECT id FROM found"
    return f"{found} ORDER BY id DESC LIMIT %s"
