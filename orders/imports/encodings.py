"""In which encoding a file of orders is written: UTF-8, UTF-16 with its mark, or one of Windows' two for our users."""

import codecs
import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from .faults import UnreadableFile

BLOCK = 64 * 1024  # bytes read at a time
SAMPLE = 512 * 1024  # bytes that are enough to tell Cyrillic from Polish
ENOUGH = 3  # letters beyond ASCII that are good UTF-8: no other encoding looks so by chance
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CYRILLIC, CENTRAL_EUROPEAN = "cp1251", "cp1250"
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    CYRILLIC: "Windows-1251",
    CENTRAL_EUROPEAN: "Windows-1250",
}
# Bytes that are letters in cp1251 or cp1250; the others there are quotes, dashes, №, °, § and the like.
_WORD = re.compile(rb"[A-Za-z\x80\x81\x83\x8a\x8c-\x90\x9a\x9c-\x9f\xa1-\xa3\xa5\xaa\xaf\xb2-\xb4\xb8-\xff]+")
_LATIN_LETTER = re.compile(rb"[A-Za-z]")
_POLISH = frozenset("ĄĆĘŁŃÓŚŹŻąćęłńóśźż".encode(CENTRAL_EUROPEAN))
_SIGNATURES = {
    b"PK\x03\x04": "spreadsheet",
    b"\xd0\xcf\x11\xe0": "spreadsheet",
    b"%PDF": "PDF document",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"\x1f\x8b": "compressed file",
}


def detect_encoding(file: BinaryIO) -> str:
    """The encoding's Python name. Reads the file once from its start, in blocks. Raises UnreadableFile."""
    file.seek(0)
    head = file.read(BLOCK)
    refuse_binary(head)
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    if marked:
        return marked
    file.seek(0)
    return _unmarked_encoding(file)


def refuse_binary(head: bytes) -> None:
    """Raise UnreadableFile when the first bytes show that this is no text at all."""
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise UnreadableFile(_("The file is empty."))
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFile(_not_text(kind, head))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if b"\0" in head:
        raise UnreadableFile(_("The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again."))


def _not_text(kind: str, head: bytes) -> str:
    if kind == "spreadsheet" and (not head.startswith(b"PK") or b"xl/" in head or b"[Content_Types]" in head):
        return _("The file is a spreadsheet in Excel's own format: open it there and save it as CSV.")
    if kind == "spreadsheet" and b"opendocument.spreadsheet" in head:
        return _("The file is a spreadsheet in LibreOffice's own format: open it there and save it as CSV.")
    return {
        "spreadsheet": _("The file is an archive (zip): unpack it and upload the CSV inside."),
        "PDF document": _("The file is a PDF document, not a table: export the orders as CSV."),
        "picture": _("The file is a picture, not a table: export the orders as CSV."),
        "compressed file": _("The file is compressed (gzip): unpack it and upload the CSV inside."),
    }[kind]


def _unmarked_encoding(file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = bytearray()
    letters = 0  # beyond ASCII, that were good UTF-8
    while True:
        block = file.read(BLOCK)
        if b"\0" in block:
            raise UnreadableFile(
                _("The file is not text: it has NUL bytes. Save it as CSV in UTF-8 and upload it again.")
            )
        if len(sample) < SAMPLE:
            sample += block
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as problem:
            good = problem.object[: problem.start].decode("utf-8")
            sample += file.read(SAMPLE)
            if letters + _beyond_ascii(good) >= ENOUGH or _is_mostly_utf8(bytes(sample)):
                return "utf-8"  # with a broken byte: its row is refused, the others are good
            return guess_windows(bytes(sample))
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


def guess_windows(sample: bytes) -> str:
    """cp1251 or cp1250, by how letters beyond ASCII stand in words.

    Cyrillic words have nothing but such letters, Polish (Czech, Hungarian ...) words have them among plain ones. So one
    word is usually enough, where statistics of letters want a page. A word like "żółć", which reads as "їуіж" too,
    decides nothing as long as there is any other.
    """
    cyrillic = latin = undecided = 0
    for word in _WORD.findall(sample):
        high = sum(byte > 0x7F for byte in word)
        if not high:
            continue
        if _LATIN_LETTER.search(word):
            latin += high
        elif len(word) > 1 and _POLISH.issuperset(word):
            undecided += high
        else:
            cyrillic += high
    if cyrillic == latin:
        return CYRILLIC if undecided else CENTRAL_EUROPEAN
    return CYRILLIC if cyrillic > latin else CENTRAL_EUROPEAN
