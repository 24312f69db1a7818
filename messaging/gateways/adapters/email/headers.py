"""What stands in a letter's headers, whatever wrote them: bytes of any charset, damaged words, odd characters."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

from .charsets import decode

LONGEST_HEADER = 4000  # characters
MOST_ADDRESSES = 50
ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=", re.IGNORECASE)  # RFC 2047
ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]\\@]{1,64}@[^\s<>\"',;:()\[\]\\@]{1,190}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
DAMAGED = "\ufffd"


class Person(NamedTuple):
    """Who stands in an address header; `address` in lower case."""

    name: str
    address: str


def raw_header(letter: Message, name: str, most: int = LONGEST_HEADER) -> str:
    """As it stands there, in one line; bytes beyond ASCII are surrogates. The first one counts."""
    wanted = name.lower()
    return next((" ".join(str(value)[:most].split()) for key, value in letter.raw_items() if key.lower() == wanted), "")


def header(letter: Message, name: str) -> str:
    """One header as a person reads it, in one line."""
    return readable(raw_header(letter, name), charset_of(letter))


def readable(raw: str, charset: str = "") -> str:
    """`charset`: in which bytes that no word declares are most likely written."""
    text = raw.encode("utf-8", "surrogateescape")
    plain = decode(text, charset) if not text.isascii() else raw
    return " ".join("".join(_decoded(plain)).split())


def charset_of(letter: Message) -> str:
    """What the letter says of its body holds for headers that are not encoded as they should be."""
    found = re.search(r"charset\s*=\s*\"?([\w.:+-]{1,40})", raw_header(letter, "Content-Type"), re.IGNORECASE)
    return found[1] if found else ""


def people(letter: Message, *names: str) -> list[Person]:
    """Everybody in these headers who has an address, in order."""
    charset = charset_of(letter)
    found = []
    for value in filter(None, (raw_header(letter, name) for name in names)):
        pairs = [pair for pair in getaddresses([value]) if ADDRESS.fullmatch(_bare(pair[1]))]
        pairs = pairs or [(ADDRESS.sub("", value), one) for one in ADDRESS.findall(value)]
        found += [Person(_name(name, charset), _bare(address)) for name, address in pairs[:MOST_ADDRESSES]]
    return found


def message_id(letter: Message) -> str:
    found = MESSAGE_ID.search(raw_header(letter, "Message-ID"))
    return found[0].encode("utf-8", "replace").decode() if found else ""


def _bare(address: str) -> str:
    return address.encode("utf-8", "replace").decode().strip().lower()


def _name(raw: str, charset: str) -> str:
    return readable(raw, charset).strip(" \"'<>,;")


def _decoded(text: str) -> Iterator[str]:
    """Encoded words, and what is between them. Neighbours of one charset are one text: characters are cut in two."""
    position, waiting, charset, is_damaged = 0, b"", "", False
    for word in ENCODED_WORD.finditer(text):
        between = text[position : word.start()]
        if waiting and (between.strip() or word[1].lower() != charset):
            yield _finish(waiting, charset, is_damaged)
            waiting, is_damaged = b"", False
        if between.strip() or position == 0:
            yield between
        content, is_broken = _content(word)
        waiting, charset, is_damaged = waiting + content, word[1].lower(), is_damaged or is_broken
        position = word.end()
    if waiting or is_damaged:
        yield _finish(waiting, charset, is_damaged)
    yield text[position:]


def _finish(content: bytes, charset: str, is_damaged: bool) -> str:
    text = decode(content, charset.partition("*")[0])
    if is_damaged:
        text = text.rstrip(DAMAGED) + DAMAGED
    return text


def _content(word: re.Match[str]) -> tuple[bytes, bool]:
    """What is left of an encoded word, and whether something is missing."""
    body = word[3].encode("ascii", "replace")
    if word[2].lower() == "q":
        return quopri.decodestring(body, header=True), False
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    whole = letters[: len(letters) - (1 if len(letters) % 4 == 1 else 0)]
    try:
        content = base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except binascii.Error:
        return b"", True
    return content, len(whole) != len(letters)
