"""Reading a text as written: plain words, placeholders in our spelling or another product's, braces.

`{name}` and `{name|fallback}` are placeholders. `{{` is a brace; in `{{words}}` so is `}}`, as people expect of the
pair. A single `}` is itself. `<<name>>` is always meant as a placeholder, `:name:` only when it is a known one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from . import placeholders


@dataclass(frozen=True)
class Plain:
    """Words for the customer; `written` is how they stand in the template."""

    text: str
    written: str


@dataclass(frozen=True)
class Slot:
    """A placeholder, known or not. `known` is None for a name nobody registered."""

    name: str
    fallback: str
    written: str
    known: placeholders.Placeholder | None

    @property
    def canonical(self) -> str:
        if not self.known:
            return self.written
        return f"{{{self.known.identifier}|{self.fallback}}}" if self.fallback else self.known.canonical


@dataclass(frozen=True)
class StrayBrace:
    """A `{` that begins nothing."""

    written: str = "{"


Token = Plain | Slot | StrayBrace
_TOKENS = re.compile(
    r"(?P<pair>\{\{(?P<inside>[^{}]*)\}\})"
    r"|(?P<brace>\{\{)"
    r"|(?P<slot>\{(?P<name>[^{}|\n]*)(?:\|(?P<fallback>[^{}]*))?\})"
    r"|(?P<stray>\{)"
    r"|(?P<foreign><<(?P<foreign_name>[^<>{}\n]*)>>)"
    r"|(?P<colons>:[^\W\d_]+:)"
)


def tokens_of(body: str) -> list[Token]:
    """The text in order, nothing left out: joining every `written` gives it back."""
    found: list[Token] = []
    position = 0
    while match := _next(body, position):
        if match.start() > position:
            found.append(Plain(*[body[position : match.start()]] * 2))
        found.append(_token(match))
        position = match.end()
    if position < len(body):
        found.append(Plain(*[body[position:]] * 2))
    return found


def _next(body: str, position: int) -> re.Match[str] | None:
    """The next token; `:x:` that is not known is text, and its second colon may begin the next."""
    match = _TOKENS.search(body, position)
    while match and match["colons"] and match["colons"] not in placeholders.synonyms:
        match = _TOKENS.search(body, match.end() - 1)
    return match


def _token(match: re.Match[str]) -> Token:
    written = match[0]
    if match["pair"]:
        return Plain(f"{{{match['inside']}}}", written)
    if match["brace"]:
        return Plain("{", written)
    if match["stray"]:
        return StrayBrace()
    if match["slot"]:
        name, fallback = match["name"].strip(), (match["fallback"] or "").strip()
        return Slot(name, fallback, written, placeholders.registry.get(name))
    name = f"<<{match['foreign_name'].strip()}>>" if match["foreign"] else written
    return Slot(name, "", written, placeholders.synonyms.get(name))


@lru_cache(maxsize=4096)
def holds_foreign_spelling(words: str) -> bool:
    """Whether plain words, such as a fallback, hold what looks like a placeholder."""
    return any(isinstance(token, Slot) for token in tokens_of(words))
