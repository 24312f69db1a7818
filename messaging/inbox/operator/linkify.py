"""A client's words cut into pieces that a template shows: plain, a link, found by a search. Nothing here is HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from locations.search.words import words_of

LONG_CHARACTERS, LONG_LINES = 1_200, 20
_LINKS = re.compile(r"(?P<web>https?://[^\s<>\"]{1,1000})|(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})")
_WORDS = re.compile(r"\w+")
_AFTER_LINKS = ".,;:!?)]}»”'"


@dataclass(frozen=True)
class Piece:
    """Some words. `href`: where they lead, "" for nowhere; only http, https and mailto are ever made."""

    text: str
    href: str = ""
    is_found: bool = False


def pieces_of(text: str, words: Sequence[str] = ()) -> list[Piece]:
    """The whole text in order; `words`: what was searched for, as `words_of` gives it."""
    found: list[Piece] = []
    position = 0
    for match in _LINKS.finditer(text):
        address = match[0].rstrip(_AFTER_LINKS)
        found += _marked(text[position : match.start()], words)
        found.append(Piece(address, f"mailto:{address}" if match["mail"] else address))
        position = match.start() + len(address)
    return [*found, *_marked(text[position:], words)]


def is_long(text: str) -> bool:
    return len(text) > LONG_CHARACTERS or text.count("\n") > LONG_LINES


def around(text: str, words: Sequence[str], length: int = 110) -> str:
    """The part of a text where the first found word is, for a list of what a search found."""
    first = next((match.start() for match in _WORDS.finditer(text) if _is_found(match[0], words)), 0)
    start = 0 if first < length // 2 else text.rfind(" ", 0, first - length // 3) + 1
    return ("…" if start else "") + text[start : start + length] + ("…" if start + length < len(text) else "")


def _marked(text: str, words: Sequence[str]) -> Iterator[Piece]:
    """Plain words, the found ones apart."""
    position = 0
    for match in _WORDS.finditer(text) if words else ():
        if _is_found(match[0], words):
            if match.start() > position:
                yield Piece(text[position : match.start()])
            yield Piece(match[0], is_found=True)
            position = match.end()
    if position < len(text):
        yield Piece(text[position:])


def _is_found(word: str, words: Sequence[str]) -> bool:
    return any(part.startswith(tuple(words)) for part in words_of(word)) if words else False
