"""From a template's text to the customer's words.

A text is split once and joined for each message. Nothing is escaped, since nothing here is HTML.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.utils.translation import gettext as _

from locations.errors import WithReason

from .models import TemplateUse
from .parsing import Plain, Slot, StrayBrace, holds_foreign_spelling, tokens_of
from .placeholders import Context, nearest, registry
from .reasons import UNKNOWN_PLACEHOLDER

GAP = "\0"  # stands where a placeholder had nothing to say, until `_close_gaps`


class UnknownPlaceholder(WithReason):
    """The text has a placeholder that the program does not know: it must not reach a customer."""


def convert(body: str) -> str:
    """The text with other products' spellings (`<<nrZamowienia>>`, `:ID:`) turned into ours; the rest as it was."""
    written: list[str] = []
    previous = None
    for token in tokens_of(body):
        # after a stray brace a converted placeholder would read as `{{`: the text is refused anyway, so it stays
        if isinstance(token, Slot) and not isinstance(previous, StrayBrace):
            written.append(token.canonical)
        else:
            written.append(token.written)
        previous = token
    return "".join(written)


def problems(body: str, use: str) -> list[str]:
    """Why this text can't be a template of this use, each in a sentence with its remedy. Empty: it can."""
    found = []
    for token in tokens_of(body):
        if isinstance(token, StrayBrace):
            found.append(
                _("A “{” begins a placeholder, like {order_number}. Write {{ where you want the brace itself.")
            )
        elif isinstance(token, Slot):
            found.append(_problem_of(token, use))
    return list(dict.fromkeys(filter(None, found)))


def _problem_of(slot: Slot, use: str) -> str:
    if slot.known and use in slot.known.uses:
        if holds_foreign_spelling(slot.fallback):
            return _(
                "The words after | in “%(written)s” are sent as they are: they can't hold another placeholder."
            ) % {"written": slot.written}
        return ""
    if not slot.name:
        return _("“%(written)s” names no placeholder: write one of the palette's inside, or {{ for a brace.") % {
            "written": slot.written
        }
    if slot.known:
        return _("“%(written)s” has no meaning in texts for “%(use)s”: take it out, or use one of the palette's.") % {
            "written": slot.written,
            "use": TemplateUse(use).label,
        }
    meant = nearest(slot.name, use)
    if meant:
        return _("There is no placeholder “%(written)s”. Did you mean %(meant)s?") % {
            "written": slot.written,
            "meant": meant.canonical,
        }
    return _("There is no placeholder “%(written)s”: use one of the palette's, or {{ for a brace.") % {
        "written": slot.written
    }


def render(body: str, context: Context) -> str:
    """The customer's words. Raises UnknownPlaceholder."""
    words, slots = _split(body)
    filled = words.copy()
    has_gap = False
    for place, say, fallback in slots:
        said = say(context).strip() or fallback
        if not said:
            said, has_gap = GAP, True
        filled[place] = said
    return _close_gaps("".join(filled)) if has_gap else "".join(filled)


def render_subject(subject: str, context: Context) -> str:
    """A mail's subject: one line, whatever the values hold."""
    return " ".join(render(subject, context).split())


def render_sample(body: str, language: str) -> str:
    """The text filled with the placeholders' sample values; what is not known stays as written."""
    return "".join(
        token.known.sample(language)
        if isinstance(token, Slot) and token.known
        else (token.text if isinstance(token, Plain) else token.written)
        for token in tokens_of(body)
    )


def names_in(body: str) -> set[str]:
    """The identifiers of the placeholders a text has."""
    return {token.known.identifier for token in tokens_of(body) if isinstance(token, Slot) and token.known}


@lru_cache(maxsize=4096)
def _split(body: str) -> tuple[list[str], list[tuple[int, Callable[[Context], str], str]]]:
    """Words in order, and for each placeholder its place among them, its function and its fallback."""
    words: list[str] = []
    slots = []
    for token in tokens_of(body):
        if isinstance(token, Plain):
            words.append(token.text)
        elif isinstance(token, Slot) and token.known:
            slots.append((len(words), registry[token.known.identifier].words, token.fallback))
            words.append("")
        else:
            raise UnknownPlaceholder(UNKNOWN_PLACEHOLDER(name=token.written))
    return words, slots


def _one_blank(match: re.Match[str]) -> str:
    return " " if len(match[0]) > 1 else ""


_BLANK = r"[ \t\u00a0]*"
# Blanks before a gap, tried only where they begin: otherwise 10,000 blanks in a customer's words would take seconds.
_BEFORE = rf"(?<![ \t\u00a0]){_BLANK}"
_GAP_RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"[(\[«“„\"]{_BLANK}\0{_BLANK}[)\]»”\"]"), GAP),  # an empty pair of brackets or quotes
    (re.compile(rf"\0(?:{_BLANK}[,;]?{_BLANK}\0)+"), GAP),  # a list of nothing is one nothing
    (re.compile(rf"(?m)^{_BLANK}\0{_BLANK}\n|\n{_BLANK}\0{_BLANK}\Z"), ""),  # a line of nothing
    (re.compile(rf"(?m)^{_BLANK}\0{_BLANK},{_BLANK}(.)"), lambda match: match[1].upper()),  # "·, your order is ready"
    (re.compile(rf"(?m)^{_BLANK}\0{_BLANK}(?:[,;:.!?…]+|[–—-](?=\s))?{_BLANK}"), ""),  # what began a line
    (re.compile(rf"[,;:]{_BLANK}\0{_BLANK}(?=[,;:.!?…])"), ""),  # "Anna, ·, ready" needs one comma
    (re.compile(rf"(?m)(?:[,;]{_BLANK}|{_BEFORE})\0{_BLANK}$"), ""),  # what ended a line, with the comma before it
    (re.compile(rf"{_BEFORE}\0{_BLANK}(?=[,;:.!?…)\]»”%])"), ""),
    (re.compile(rf"(?<=[(\[«“„]){_BLANK}\0{_BLANK}"), ""),
    (re.compile(rf"({_BEFORE})\0{_BLANK}"), _one_blank),
]


def _close_gaps(text: str) -> str:
    """Take out the gaps so that no double space, lone comma or space before punctuation shows where they were (C17)."""
    for pattern, instead in _GAP_RULES:
        text = pattern.sub(instead, text)
    return text
