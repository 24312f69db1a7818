"""A language that nobody speaks: every marked word stands in [[ ]], so that what is not marked shows."""

import re
from pathlib import Path

import polib

from .catalogues import FORMS, entry_of
from .faults import CLAIM
from .words import words_of_source

BEGIN, END = "[[", "]]"
BETWEEN_TAGS = re.compile(r">([^<>]*[a-z][^<>]*)<")


def in_pseudo(text: str) -> str:
    """The word with its marks inside its spaces."""
    inside = text.strip()
    if not inside:
        return text
    marked = BETWEEN_TAGS.sub(f">{BEGIN}\\1{END}<", inside)
    return text.replace(inside, f"{BEGIN}{marked}{END}")


def pseudo_catalogue(language: str = "ru") -> polib.POFile:
    """All words of the source, with the plural forms of that language."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": language,
        "Plural-Forms": FORMS[language],
        CLAIM: "yes",
    }
    for word, places in words_of_source().items():
        entry = entry_of(word, places, None, forms=3)
        if word.plural:
            entry.msgstr_plural = {form: in_pseudo(word.plural) for form in entry.msgstr_plural}
        else:
            entry.msgstr = in_pseudo(word.msgid)
        catalogue.append(entry)
    return catalogue


def write_pseudo(folder: Path, language: str = "ru") -> Path:
    """A locale folder in which that language is spoken so."""
    target = folder / language / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    pseudo_catalogue(language).save_as_mofile(str(target))
    return folder
