"""What is wrong with a catalogue, in sentences."""

import re
from collections import Counter
from collections.abc import Iterator

import polib

from .catalogues import forms_of
from .words import Word, words_of_source

VALUE = re.compile(r"%(?:\(\w+\))?[sdrf]|%%")
BRACED = re.compile(r"\{\w*")
TAG = re.compile(r"</?[a-z][^<>]*>")
CLAIM = "X-Complete"


class AnyValue(dict):
    """Stands for whatever is filled in by name."""

    def __missing__(self, name: str) -> int:
        return 5


def claims_completeness(catalogue: polib.POFile) -> bool:
    """Whether its header says `X-Complete: yes`: every word of every page is translated, and must be from now on."""
    return catalogue.metadata.get(CLAIM) == "yes"


def faults_of(catalogue: polib.POFile) -> list[str]:
    """All of them; of a catalogue that does not claim to be complete, without what is missing."""
    found = [fault for entry in catalogue for fault in faults_of_entry(entry, forms_of(catalogue))]
    if claims_completeness(catalogue):
        found += [*missing_words(catalogue), *untranslated(catalogue)]
    return found


def missing_words(catalogue: polib.POFile) -> Iterator[str]:
    """What the catalogue and the source do not have in common."""
    there = {Word(entry.msgid, entry.msgid_plural, entry.msgctxt or "") for entry in catalogue}
    source = set(words_of_source())
    yield from (f"“{word.msgid}” is not in the catalogue" for word in source - there)
    yield from (f"“{word.msgid}” is not in the source any more" for word in there - source)


def untranslated(catalogue: polib.POFile) -> Iterator[str]:
    for entry in catalogue:
        if not all(translations_of(entry)):
            yield f"“{entry.msgid}” is not translated"


def translations_of(entry: polib.POEntry) -> list[str]:
    """One, or one for each plural form."""
    return [text for _form, text in sorted(entry.msgstr_plural.items())] if entry.msgid_plural else [entry.msgstr]


def faults_of_entry(entry: polib.POEntry, forms: int) -> Iterator[str]:
    if entry.fuzzy:
        yield f"“{entry.msgid}” is fuzzy"
    if entry.msgid_plural and len(entry.msgstr_plural) != forms:
        yield f"“{entry.msgid}” has {len(entry.msgstr_plural)} plural forms, not {forms}"
    model = entry.msgid_plural or entry.msgid
    for text in filter(None, translations_of(entry)):
        yield from (f"“{text}” has other {what} than “{model}”" for what in lost(model, text))
        if "python-format" in entry.flags and not can_be_filled(text):
            yield f"“{text}” cannot be filled with values"


def lost(model: str, text: str) -> Iterator[str]:
    for what, pattern in (("values", VALUE), ("placeholders", BRACED), ("tags", TAG)):
        if Counter(pattern.findall(model)) != Counter(pattern.findall(text)):
            yield what
    if (model[:1].isspace(), model[-1:].isspace()) != (text[:1].isspace(), text[-1:].isspace()):
        yield "spaces around"


def can_be_filled(text: str) -> bool:
    by_position = len(re.findall(r"%[sdrf]", text.replace("%%", "")))
    try:
        text % ((5,) * by_position if by_position else AnyValue())
    except (ValueError, TypeError):
        return False
    return True
