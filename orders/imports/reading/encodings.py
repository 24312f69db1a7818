"""In which encoding a file of orders is written: UTF-8, UTF-16 with its mark, or one of those that `guessing` knows."""

import codecs

from locations.values.reasons import ReasonKind

from .. import reasons
from .binary import Readable
from .encoding_guess import guess_encoding
from .errors import UnreadableFile
from .lines import MARK

BLOCK = 64 * 1024  # bytes read at a time
SAMPLE = 512 * 1024  # bytes that are enough to tell Cyrillic from Polish
ENOUGH = 3  # letters beyond ASCII that are good UTF-8: no other encoding looks so by chance
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "cp1251": "Windows-1251",
    "cp1250": "Windows-1250",
    "iso8859_2": "ISO 8859-2",
    "cp866": "CP866 (DOS)",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
}
CHOICES = [(name, label) for name, label in LABELS.items() if name != "utf-8-sig"]  # what one may say a file is in
MARKING = "orders.imports.mark"  # how what cannot be decoded is handled: it becomes MARK


def _mark(problem: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that cannot be decoded, and where decoding goes on."""
    assert isinstance(problem, UnicodeDecodeError)  # only readers name it
    return MARK, problem.end


codecs.register_error(MARKING, _mark)
_ZIP = b"PK\x03\x04"
_SIGNATURES = {
    b"\xd0\xcf\x11\xe0": reasons.EXCEL,
    b"%PDF": reasons.PDF,
    b"\x89PNG": reasons.PICTURE,
    b"\xff\xd8\xff": reasons.PICTURE,
    b"\x1f\x8b": reasons.COMPRESSED,
}


def detect_encoding(file: Readable, chosen: str = "") -> str:
    """The encoding's Python name, `chosen` if somebody chose one. Reads the file once from its start, in blocks.

    Raises UnreadableFile.
    """
    file.seek(0)
    head = file.read(BLOCK)
    refuse_binary(head)
    if chosen:
        return "utf-8-sig" if chosen == "utf-8" else chosen
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    if marked:
        return marked
    file.seek(0)
    return _unmarked_encoding(file)


def refuse_binary(head: bytes) -> None:
    """Raise UnreadableFile when the first bytes show that this is no text at all."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise UnreadableFile(reasons.EMPTY_FILE())
    if head.startswith(_ZIP):
        raise UnreadableFile(_zipped(head)())
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFile(kind())
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if b"\0" in head:
        raise UnreadableFile(reasons.NUL_BYTES())


def _zipped(head: bytes) -> ReasonKind:
    """Spreadsheets of today are archives too."""
    if b"xl/" in head or b"[Content_Types]" in head:
        return reasons.EXCEL
    return reasons.LIBREOFFICE if b"opendocument.spreadsheet" in head else reasons.ARCHIVE


def _unmarked_encoding(file: Readable) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = bytearray()
    letters = 0  # beyond ASCII, that were good UTF-8
    while True:
        block = file.read(BLOCK)
        if b"\0" in block:
            raise UnreadableFile(reasons.NUL_BYTES())
        if len(sample) < SAMPLE:
            sample += block
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as problem:
            good = problem.object[: problem.start].decode("utf-8")
            sample += file.read(SAMPLE)
            if letters + _beyond_ascii(good) >= ENOUGH or _is_mostly_utf8(bytes(sample)):
                return "utf-8"  # with a broken byte: its row is refused, the others are good
            return guess_encoding(bytes(sample))
        if not block:
            return "utf-8"
        if letters < ENOUGH:
            letters += _beyond_ascii(text)


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether what is beyond ASCII is nearly all good UTF-8, which no other encoding is by accident."""
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return _beyond_ascii(text) - broken > 4 * broken


def _beyond_ascii(text: str) -> int:
    return 0 if text.isascii() else sum(char > "\x7f" for char in text)
