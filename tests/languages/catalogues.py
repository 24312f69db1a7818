"""The catalogues in locale/: brought up to the source, compiled, so that an installation needs no gettext."""

from pathlib import Path

import polib

from tests.house.source import ROOT

from .words import Word, words_of_source

FORMS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
FORMS["uk"] = FORMS["ru"]
"""Plural forms of the languages that are there; a new catalogue brings its own in its header."""


def catalogue_paths() -> list[Path]:
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def language_of(path: Path) -> str:
    return path.parts[-3]


def opened(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=0)


def forms_of(catalogue: polib.POFile) -> int:
    """How many forms a counted word has in that language."""
    return int(catalogue.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])


def bring_up(path: Path) -> polib.POFile:
    """The catalogue with all words of the source and no others; what is translated stays so."""
    old = opened(path)
    known = {(entry.msgid, entry.msgctxt or ""): entry for entry in old}
    new = polib.POFile(wrapwidth=0)
    new.header, new.metadata = old.header, old.metadata
    new.metadata["Plural-Forms"] = FORMS.get(language_of(path), new.metadata["Plural-Forms"])
    for word, places in words_of_source().items():
        new.append(entry_of(word, places, known.get((word.msgid, word.context)), forms_of(new)))
    new.save(str(path))
    return new


def entry_of(word: Word, places: tuple[str, ...], known: polib.POEntry | None, forms: int) -> polib.POEntry:
    entry = polib.POEntry(msgid=word.msgid, occurrences=[(place, "") for place in places])
    if word.context:
        entry.msgctxt = word.context
    if word.has_values:
        entry.flags.append("python-format")
    if known and known.comment:
        entry.comment = known.comment
    if word.plural:
        entry.msgid_plural = word.plural
        kept = known.msgstr_plural if known and known.msgid_plural == word.plural else {}
        entry.msgstr_plural = {form: kept.get(form, "") for form in range(forms)}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def compile_all() -> None:
    for path in catalogue_paths():
        opened(path).save_as_mofile(str(path.with_suffix(".mo")))
