"""The languages of messages and of the client's side: each is one folder in `locale/`, found by itself.

There `language.toml` holds what a catalogue of translations cannot: how a day is said, what a card is called, by which
words people leave, how their mail programs quote. What a language does not say is English.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FILE = "language.toml"
DEFAULT = "en"
Words = Mapping[str, str]
Lists = Mapping[str, list[str]]


@dataclass(frozen=True)
class Language:
    """One language. `date`: a day, in Django's format. `calls`, `voice`: for calls, as the provider names them.

    `dear`, `payments`: words by gender and kind of payment. `samples`: by placeholder. `commands`: whole messages by
    which people `leave`, `leave_perhaps` or `return`. `letters`: patterns of what mail programs write. `files`: what
    people write in files, by column and meaning.
    """

    code: str
    name: str
    today: str = ""
    date: str = ""
    calls: str = ""
    voice: str = ""
    dear: Words = field(default_factory=dict)
    payments: Words = field(default_factory=dict)
    samples: Words = field(default_factory=dict)
    commands: Lists = field(default_factory=dict)
    letters: Lists = field(default_factory=dict)
    files: Mapping[str, Lists] = field(default_factory=dict)

    def filled_up(self, other: "Language") -> "Language":
        """With the other one's words for messages, where it has none of its own."""
        return replace(
            self,
            today=self.today or other.today,
            date=self.date or other.date,
            dear={**other.dear, **self.dear},
            payments={**other.payments, **self.payments},
            samples={**other.samples, **self.samples},
        )


def read_languages(folders: Iterable[Path]) -> dict[str, Language]:
    """By code, English first; called by the settings, before there are any. Raises ImproperlyConfigured."""
    read = [read_language(path) for path in sorted(path for folder in folders for path in folder.glob(f"*/{FILE}"))]
    [default] = [one for one in read if one.code == DEFAULT]
    others = (one.filled_up(default) for one in read if one is not default)
    return {one.code: one for one in (default, *others)}


def read_language(path: Path) -> Language:
    """The one whose folder this file lies in. Raises ImproperlyConfigured for words that nothing asks for."""
    try:
        return Language(path.parent.name, **tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ImproperlyConfigured(f"The language in {path} cannot be read: {error}.") from error


def all_languages() -> list[Language]:
    found: dict[str, Language] = settings.SPOKEN_LANGUAGES
    return list(found.values())


def spoken(code: str) -> Language:
    """English, if nobody knows the code."""
    found: dict[str, Language] = settings.SPOKEN_LANGUAGES
    return found.get(code) or found[DEFAULT]


def commands(wish: str) -> frozenset[str]:
    """The words for it in all languages, in capitals."""
    return frozenset(word.upper() for one in all_languages() for word in one.commands.get(wish, ()))


def letter_patterns(kind: str) -> str:
    """An alternative of all languages' patterns."""
    return "|".join(f"(?:{pattern})" for one in all_languages() for pattern in one.letters.get(kind, ()))


def meanings(column: str) -> dict[str, str]:
    """What is written in files -> what it means, in all languages; each meaning is a word for itself."""
    return {word: meaning for one in all_languages() for word, meaning in _words(one.files.get(column, {}))}


def _words(said: Lists) -> Iterator[tuple[str, str]]:
    for meaning, words in said.items():
        yield from ((word, meaning) for word in (meaning, *words))
