"""Text and JSON that others wrote, made safe to keep: no NUL, no half of a character, no endless depth."""

import json
import re
from typing import Any

DEEPEST = 100  # of JSON: nobody's interface nests deeper, and Python's own limit is some 1,000
# A JSON text's strings are skipped whole, so that brackets in them count for nothing.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
_ODD_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPES = re.compile(r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|.)", re.DOTALL)


class TooDeep(ValueError):
    """Nobody means it so: lists in lists without end."""


def storable(text: str) -> str:
    """Somebody else's words without what a database refuses: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def read_json(written: str | bytes) -> Any:
    """What JSON says, its strings as they came: whoever keeps them makes them storable. Raises ValueError."""
    text = decode(written) if isinstance(written, bytes) else written
    check_depth(text)
    return json.loads(text)


def decode(content: bytes) -> str:
    """UTF-8, as JSON must be, whatever charset is claimed; what is none is marked."""
    return content.decode("utf-8-sig", "replace")


def mend_escapes(text: str) -> str:
    r"""The same JSON without `\ud83d` alone and `\u0000`, so that each string in it can be stored."""
    return _ESCAPES.sub(_mend, text.replace("\0", "")) if "\0" in text or _ODD_ESCAPE.search(text) else text


def _mend(found: re.Match[str]) -> str:
    escape = found[0]
    if len(escape) != 6 or not _ODD_ESCAPE.match(escape):
        return escape
    return "" if escape == r"\u0000" else r"\ufffd"


def check_depth(text: str) -> None:
    """Raises TooDeep, before any reader goes down there."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            raise TooDeep("The answer nests too deep")
