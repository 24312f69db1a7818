"""Words as they are looked for, and the rows that have them: one way for orders, clients, places and chats.

A word is found by its beginning, in any case, with or without Polish and other diacritics ("zolty" finds "Żółty").
The index behind it is made in `locations.search.word_index`.
"""

from collections.abc import Sequence

from django.db import connection

MOST = 1000
"""Found at once; who has more than that to look through adds a word or a filter."""
SHORTEST = 2
"""Characters; less is no search."""
HIGHEST = 2**62
NEWEST = 20_000
"""Rows PostgreSQL looks through first: a usual word has hits enough among them, and need not be read in all others."""

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


def ids_with(table: str, words: Sequence[str], at_most: int = MOST, before: int = 0) -> list[int]:
    """Ids of the rows that have all the words, the highest first; `before`: only those below this one."""
    if not words:
        return []
    params: dict[str, str | int] = {"below": before or HIGHEST, "most": at_most}
    if connection.vendor == "postgresql":
        statement, params["words"] = _POSTGRESQL, " & ".join(f"{word}:*" for word in words)
    else:
        statement, params["words"] = _SQLITE, " ".join(f'"{word}"*' for word in words)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=table), params)
        return [row[0] for row in cursor.fetchall()]


# The index begins with the newest by itself.
_SQLITE = """
SELECT rowid FROM {table}_words WHERE {table}_words MATCH %(words)s AND rowid < %(below)s
ORDER BY rowid DESC LIMIT %(most)s"""

# First the newest rows are looked through. Only when too few of them have the words, all rows are asked for, by the
# index, whatever the planner thinks of that.
_POSTGRESQL = f"""
WITH newest AS MATERIALIZED (
    SELECT id FROM (
        SELECT id, words FROM {{table}} WHERE id < %(below)s ORDER BY id DESC LIMIT {NEWEST}
    ) AS rows_there WHERE words @@ to_tsquery('pg_catalog.simple', %(words)s) ORDER BY id DESC LIMIT %(most)s
), others AS MATERIALIZED (
    SELECT id FROM {{table}} WHERE words @@ to_tsquery('pg_catalog.simple', %(words)s) AND id < %(below)s
    AND (SELECT count(*) FROM newest) < %(most)s
)
SELECT id FROM newest UNION SELECT id FROM others ORDER BY id DESC LIMIT %(most)s"""
