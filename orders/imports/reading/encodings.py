"""In which encoding a file of orders is written: UTF-8, UTF-16 with its mark, or one of those that `guessing` knows."""

import codecs

from django.utils.translation import gettext as _

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
_SIGNATURES = {
    b"PK\x03\x04": "spreadsheet",
    b"\xd0\xcf\x11\xe0": "spreadsheet",
    b"%PDF": "PDF document",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"\x1f\x8b": "compressed file",
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


def _unmarked_encoding(file: Readable) -> str:
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
