"""The first day and the glossary in each language call things as the pages do.

In the first day, bold is what stands on a page: a menu's item, a button, a field, a heading.
"""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import polib
import pytest
from django.apps import apps

from tests.languages.catalogues import catalogue_paths, language_of
from tests.languages.faults import translations_of
from tests.languages.words import words_of_source

from .source import ROOT

ENGLISH = ROOT / "docs" / "first-day.md"
LONGEST = 100  # lines: it is read in one sitting
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
ROW = re.compile(r"^\| (?!English \|)([^|]+) \| ([^|]+) \|", re.MULTILINE)
STEP = re.compile(r"^(#+|\d\.|-|\|) ", re.MULTILINE)
MANY_TERMS = 60

each_language = pytest.mark.parametrize("language", [language_of(path) for path in catalogue_paths()])


def first_day(language: str) -> Path:
    return ROOT / "docs" / language / "first-day.md"


def terms(language: str) -> list[tuple[str, str]]:
    """The glossary's rows: English word, that language's word."""
    return ROW.findall((ROOT / "docs" / language / "glossary.md").read_text())


def bold(path: Path) -> set[str]:
    return set(BOLD.findall(path.read_text()))


def shown(word: str) -> str:
    """As a page shows a field's name: it begins with a capital letter."""
    return word[:1].upper() + word[1:]


@cache
def translations(language: str) -> dict[str, set[str]]:
    """Every word of the pages with its translations, Django's own words too, as pages begin them."""
    said: dict[tuple[str, str], list[str]] = {}
    for folder in [*(Path(app.path) for app in apps.get_app_configs()), ROOT]:
        path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
        entries = polib.pofile(str(path)) if path.exists() else []
        said |= {(entry.msgid, entry.msgctxt or ""): translations_of(entry) for entry in entries}
    found: dict[str, set[str]] = defaultdict(set)
    for (word, _context), texts in said.items():
        found[shown(word)].update(shown(text) for text in texts if text)
    return found


def test_what_is_bold_in_the_english_first_day_is_a_word_of_the_pages():
    ours = {shown(word.msgid) for word in words_of_source()}
    unsaid = bold(ENGLISH) - ours - set(translations("ru"))
    assert not unsaid


@each_language
def test_what_is_bold_in_a_first_day_is_said_so_on_a_page(language: str):
    said = set().union(*translations(language).values())
    unsaid = {word for word in bold(first_day(language)) if shown(word) not in said}
    assert not unsaid


@each_language
def test_a_first_day_names_everything_that_the_english_one_names(language: str):
    named = {shown(word) for word in bold(first_day(language))}
    forgotten = {word for word in bold(ENGLISH) if not translations(language)[word] & named}
    assert not forgotten


@each_language
def test_a_first_day_has_the_steps_of_the_english_one(language: str):
    """What a language says besides, for those who come from another program, comes after them."""
    steps = STEP.findall(ENGLISH.read_text())
    assert STEP.findall(first_day(language).read_text())[: len(steps)] == steps


@pytest.mark.parametrize(
    "path", [ENGLISH, *(first_day(language_of(path)) for path in catalogue_paths())], ids=lambda path: path.parent.name
)
def test_a_first_day_is_short(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST


@each_language
def test_a_glossary_says_what_the_pages_say(language: str):
    said = translations(language)
    wrong = [
        (word, term, said[shown(word)])
        for word, term in terms(language)
        if said.get(shown(word)) and shown(term) not in said[shown(word)]
    ]
    assert not wrong


def test_the_glossaries_have_the_same_words():
    words = [[word for word, _term in terms(language_of(path))] for path in catalogue_paths()]
    assert len(words[0]) > MANY_TERMS
    assert all(one == words[0] for one in words)
    assert len(set(words[0])) == len(words[0])
