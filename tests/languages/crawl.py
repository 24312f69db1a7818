"""What a page says, and which of it comes neither from a catalogue nor from the data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import axes
import django
import phonenumber_field
import polib
import unfold
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from lxml import html

from orders.imports.columns import COLUMNS

from .faults import VALUE
from .words import words_of_source

UNSEEN = {"script", "style", "code", "pre", "kbd", "samp"}
SAID_BY = ("title", "placeholder", "aria-label", "alt", "label", "content", "summary")
MARKED = re.compile(r"\[\[[^\[\]]*\]\]")
CUT = re.compile(r"\[\[[^\[\]]*…|\[\[[^\[\]]*$")
LATIN_WORD = re.compile(r"[^\W\d_]*[A-Za-z][^\W\d_]*")
LATIN = re.compile(r"[A-Za-z]{2,}")
BETWEEN = re.compile(r"\[\[\]\]|[\n\t·•|()“”„«»\"→←–—:;,/]| - | \d+ |\.\s|\.$")
CODE = re.compile(
    r"\S+@\S+|\S*\.\S+\.\w+|\w+\.example|[A-Z]{2,5}|\S*_\S*|[\d., ]*\d ?[A-Z]{3,4}|\{\S*\}|[A-Z]+-[\w-]+|[\da-f-]{36}"
)
NAMES = {
    *("Deadly", "alive"),  # a placeholder of other tests in this process
    *("Gonets", "Twilio", "SMSAPI", "SerwerSMS", "Telegram", "WhatsApp", "Viber", "English", "Polski", "Axes", "LDAP"),
    *("e-mail", "UTF-8", "UTF-16", "GSM-7", "UCS-2", "Windows-1251", "Windows-1250", "ISO 8859-2", "KOI8-R", "KOI8-U"),
    *(
        "CP866",
        "Control",
        "Command",
        "на Mac",
        "на Mac-пристрої",
        "Single Sing-On или LDAP",
        "як-от Single Sign-On чи LDAP",
        "Email адреса",
        "POST https",
        "GET https",
        "STOP",
        "START",
        "hash",
        "https",
    ),
}
"""What is called so in every language."""


def said_on(page: str) -> Iterator[str]:
    """Each text and each attribute that is read or heard, and what waits in the page for scripts."""
    for element in html.fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        if not any(map(is_unseen, (element, *element.iterancestors()))):
            yield element.text or ""
            yield from attributes_of(element)
        if not any(map(is_unseen, element.iterancestors())):
            yield element.tail or ""


def is_unseen(element: html.HtmlElement) -> bool:
    """What nobody reads, and what is the same in each language: codes, names of icons, keys for scripts."""
    return (
        element.tag in UNSEEN
        or element.get("translate") == "no"
        or "material-symbols" in element.get("class", "")
        or (element.tag == "dt" and any(one.tag == "template" for one in element.iterancestors()))
    )


def attributes_of(element: html.HtmlElement) -> Iterator[str]:
    for name, value in element.attrib.items():
        is_button = name == "value" and element.get("type") in {"submit", "button", "reset"}
        is_word_of_script = name.startswith("data-") and re.match(r"\[\[|[A-Z][a-z]", value)
        if (name in SAID_BY and element.tag != "meta") or is_button or is_word_of_script:
            yield value


@dataclass(frozen=True)
class Known:
    """What people typed and the demo wrote: whole and by its parts, and all of it in one text."""

    parts: frozenset[str]
    text: str
    words: frozenset[str]


def data() -> Known:
    """All that is kept."""
    values: set[str] = set()
    for model in apps.get_models():
        names = [one.name for one in model._meta.concrete_fields if isinstance(one, CharField | TextField | JSONField)]
        for row in model._base_manager.values_list(*names) if names else ():
            values.update(str(value) for value in row if value)
    values |= {column.header for column in COLUMNS}
    text = "\n".join(values)
    known = values | {part for value in values for part in parts(value)}
    return Known(frozenset(known), text, frozenset(LATIN_WORD.findall(text)))


def parts(text: str) -> list[str]:
    return [part for piece in BETWEEN.split(text) if LATIN.search(part := piece.strip(" .!?*#+%'’\xa0"))]


@cache
def english() -> frozenset[str]:
    """The parts of every sentence that our source, Django, the theme and others offer to translators."""
    known = {part for word in words_of_source() for text in (word.msgid, word.plural) for part in plain_parts(text)}
    for package in (django, unfold, axes, phonenumber_field):
        for path in Path(package.__path__[0]).rglob("locale/*/LC_MESSAGES/django.po"):
            if path.parts[-3] in {"en", "ru", "pl", "uk"}:
                known.update(part for entry in polib.pofile(str(path)) for part in plain_parts(entry.msgid))
    return frozenset(known)


def plain_parts(text: str) -> list[str]:
    """Without what is filled in, as a page shows it."""
    return parts(VALUE.sub("\n", text))


def unmarked(text: str, known: Known) -> list[str]:
    """The parts of a text that nobody marked and that are no data."""
    if text.strip() in known.parts:
        return []
    return [part for part in parts(without_marked(text)) if not is_data(part, known)]


def without_marked(text: str) -> str:
    while MARKED.search(text):
        text = MARKED.sub("\n", text)
    return CUT.sub("\n", text)


def is_data(part: str, known: Known) -> bool:
    if part in known.parts or part in NAMES or CODE.fullmatch(part):
        return True
    words = LATIN_WORD.findall(part)
    return part not in english() and (part.rstrip("…") in known.text or known.words.issuperset(words))


def left_in_english(text: str, known: Known) -> list[str]:
    """The parts of a text that are English words of ours or of others, for a page in Latin letters."""
    words = parts(without_marked(text))
    shown = known.parts | NAMES
    return [part for part in words if part in english() and part not in shown and not CODE.fullmatch(part)]
