"""A letter's parts: what is its text, and what is attached to it.

A letter inside a letter is one attachment: what is attached to that one is its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from .charsets import decode
from .headers import header, raw_header, readable
from .html_text import LONGEST_HTML, plain

MOST_DEPTH = 30
MOST_PARTS = 1_000
MOST_HEAD_BYTES = 256 * 1024  # of a letter
MOST_FIELD_BYTES = 8 * 1024  # of what a part says of itself: Python's reading of it takes the square of its length
LONGEST_TEXT = 400_000  # bytes of all parts together that are read as text
PART_FIELD = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
SMALLEST_PICTURE = 4096  # bytes; a smaller one within the text is a logo or a counter
LETTER = "message/rfc822"


@dataclass(frozen=True)
class File:
    """An attachment. `content` is read when it is asked for."""

    part: Message
    name: str
    content_type: str

    @property
    def content(self) -> bytes:
        if self.content_type == LETTER:
            inner = self.part.get_payload()
            return inner[0].as_bytes() if isinstance(inner, list) and inner else _payload(self.part)
        return _payload(self.part)


@dataclass
class Room:
    """How many bytes of text may still be read, of whatever part."""

    left: int = LONGEST_TEXT

    def take(self, content: bytes) -> bytes:
        taken = content[: self.left]
        self.left -= len(taken)
        return taken


@dataclass(frozen=True)
class Words:
    """What a letter says: `newest` where its HTML marks a quotation, `whole`; `is_cut`: there was more."""

    newest: str
    whole: str
    is_cut: bool = False

    @property
    def quoted(self) -> str:
        return self.whole.removeprefix(self.newest).strip()


class TooMuch(Exception):
    """It would take too long to read the letter: more of something than any honest one has."""


def parse(raw: bytes) -> Message:
    """Raises TooMuch, and whatever Python's parser raises."""
    head = re.search(rb"\r?\n\r?\n", raw)
    if (head.start() if head else len(raw)) > MOST_HEAD_BYTES:
        raise TooMuch("The head of the letter is too long")
    if raw.count(b"\n--") > MOST_PARTS and b"multipart" in raw[:MOST_HEAD_BYTES].lower():
        raise TooMuch("The letter has too many parts")
    if any(field.end() - field.start() > MOST_FIELD_BYTES for field in PART_FIELD.finditer(raw)):
        raise TooMuch("A part of the letter says too much of itself")
    return message_from_bytes(raw)


def words_of(letter: Message) -> Words:
    """Its text; of alternatives the plain one, unless that is empty."""
    found = list(_texts(letter, Room()))
    return Words(
        newest="\n\n".join(filter(None, (one.newest for one in found))).strip(),
        whole="\n\n".join(filter(None, (one.whole for one in found))).strip(),
        is_cut=any(one.is_cut for one in found),
    )


def files_of(letter: Message) -> list[File]:
    """All that is attached, in the order of the letter; decorations of its text are left out."""
    return [_file(part) for part in leaves(letter) if not is_text(part) and not _is_decoration(part)]


def leaves(part: Message, depth: int = 0) -> Iterator[Message]:
    """The parts that are no containers. A letter inside is one. Raises TooMuch when they lie too deep."""
    if depth > MOST_DEPTH:
        raise TooMuch("The letter's parts lie too deep")
    if not part.is_multipart() or part.get_content_maintype() != "multipart":
        yield part
        return
    for inner in part.get_payload():
        yield from leaves(inner, depth + 1)


def is_text(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.is_multipart():
        return False
    return part.get_content_type() in {"text/plain", "text/html"} and not part.get_filename()


def _texts(part: Message, room: Room, depth: int = 0) -> Iterator[Words]:
    if depth > MOST_DEPTH:
        raise TooMuch("The letter's parts lie too deep")
    if not part.is_multipart():
        if is_text(part):
            yield _read(part, room)
        return
    if part.get_content_maintype() != "multipart":
        return
    inside = part.get_payload()
    if part.get_content_subtype() == "alternative":
        yield from _best(inside, room, depth)
        return
    for inner in inside:
        yield from _texts(inner, room, depth + 1)


def _best(alternatives: list[Message], room: Room, depth: int) -> Iterator[Words]:
    """Plain text if it says anything, else the next one that does."""
    for one in sorted(alternatives, key=lambda part: part.get_content_type() != "text/plain"):
        found = [words for words in _texts(one, room, depth + 1) if words.whole]
        if found:
            yield from found
            return


def _read(part: Message, room: Room) -> Words:
    content = _payload(part)
    taken = room.take(content)
    text = decode(taken, str(part.get_param("charset") or ""))
    is_cut = len(taken) < len(content)
    if part.get_content_type() == "text/plain":
        return Words(text, text, is_cut)
    newest, quoted = plain(text)
    whole = "\n\n".join(filter(None, (newest, quoted)))
    return Words(newest or whole, whole, is_cut or len(text) > LONGEST_HTML)


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _is_decoration(part: Message) -> bool:
    is_inside = part.get_content_disposition() != "attachment" and bool(part.get("Content-ID"))
    return is_inside and part.get_content_maintype() == "image" and len(_payload(part)) < SMALLEST_PICTURE


def _file(part: Message) -> File:
    content_type = part.get_content_type().encode("ascii", "replace").decode()
    name = part.get_filename() or ""
    if content_type == LETTER and part.is_multipart():
        inner = part.get_payload()
        return File(part, f"{readable(name) or header(inner[0], 'Subject')[:80] or 'letter'}.eml", content_type)
    return File(part, readable(_raw_name(part, name)), content_type)


def _raw_name(part: Message, name: str) -> str:
    """Bytes that nobody encoded were replaced by the parser; the header still has them."""
    if "\ufffd" not in name:
        return name
    found = re.search(r"name\s*=\s*\"([^\"]+)\"", raw_header(part, "Content-Disposition") or "")
    return found[1] if found else name
