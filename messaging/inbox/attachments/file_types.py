"""What a file is, told by its content: its name and what the browser says of it are not believed."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

import puremagic

from locations.errors import CannotDo

from . import reasons

PICTURES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}
OPENED_FROM_ZIP = {
    "word/document.xml": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/presentation.xml": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
BY_MAGIC = {
    ".pdf": "application/pdf",
    ".rtf": "application/rtf",
    ".doc": "application/msword",
    ".mp3": "audio/mpeg",
    ".mpga": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}
TNEF = b"\x78\x9f\x3e\x22"
"""How Outlook's winmail.dat begins."""
KEPT_AS = {".mpga": ".mp3"}
SPELLINGS = {".jpeg": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg"}
OLD_OFFICE = {".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint"}
TEXTS = {".txt": "text/plain", ".csv": "text/csv", ".log": "text/plain"}
TEXT_ENCODINGS = ("utf-8-sig", "cp1251")
MOST_ZIPPED_NAMES = 10_000


@dataclass(frozen=True)
class FileType:
    """`extension`: with the dot, the one the file is kept under."""

    extension: str
    content_type: str

    @property
    def is_picture(self) -> bool:
        return self.extension in PICTURES


# What people send each other and no page shows: an operator may save it, under the name it came with.
_SAVED_UNSEEN = (
    ".heic .heif .mov .avi .mkv .webm .3gp .tif .tiff .bmp .opus .flac .zip .rar .7z .dat .ics .vcf .eml .msg .p7s "
    ".p7m .asc .pages .numbers"
)
SAVED_UNSEEN = frozenset(_SAVED_UNSEEN.split())
UNSEEN = "application/octet-stream"
LETTER = FileType(".eml", "message/rfc822")  # only downloaded, never shown in place


def detect(content: bytes, name: str) -> FileType:
    """Raises CannotDo for what is not accepted or is not what it is called."""
    found = (
        _picture(content)
        or _zipped(content)
        or _saved_only(content)
        or _by_magic(content, name)
        or _text(content, name)
    )
    if extension_of(name) in PICTURES and (found is None or not found.is_picture):
        raise CannotDo(reasons.NO_PICTURE(name=name).then(reasons.ACCEPTED()))
    if found is None:
        raise CannotDo(reasons.NOT_ACCEPTED(name=name).then(reasons.ACCEPTED()))
    return found


def detect_or_save(content: bytes, name: str) -> FileType:
    """The same for what a client sent by another line: nobody can tell them to send it otherwise. Raises CannotDo."""
    if extension_of(name) in SAVED_UNSEEN:
        return FileType(extension_of(name), UNSEEN)
    return detect(content, name)


def as_letter(_content: bytes, _name: str) -> FileType:
    """What is known to be one, whatever it looks like."""
    return LETTER


def extension_of(name: str) -> str:
    written = PurePath(name).suffix.lower()
    return SPELLINGS.get(written, written)


def _picture(content: bytes) -> FileType | None:
    """By the first bytes; whether it is a whole picture is found out when it is drawn anew."""
    if content.startswith(b"\xff\xd8\xff"):
        return FileType(".jpg", PICTURES[".jpg"])
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType(".png", PICTURES[".png"])
    if content.startswith((b"GIF87a", b"GIF89a")):
        return FileType(".gif", PICTURES[".gif"])
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileType(".webp", PICTURES[".webp"])
    return None


def _zipped(content: bytes) -> FileType | None:
    """An office document, or a plain archive; one with macros is neither. Nothing is unpacked but 100 bytes."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if len(names) > MOST_ZIPPED_NAMES or any(one.lower().endswith("vbaproject.bin") for one in names):
                return None
            if "[Content_Types].xml" in names:
                return next((FileType(*kind) for part, kind in OPENED_FROM_ZIP.items() if part in names), None)
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                kind = archive.read("mimetype").strip()
                if kind in OPEN_DOCUMENTS:
                    return FileType(OPEN_DOCUMENTS[kind], kind.decode())
            return FileType(".zip", "application/zip")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None  # damaged, encrypted, or packed in a way nobody needs
    return None


def _saved_only(content: bytes) -> FileType | None:
    """What no page can show but a person can open: an iPhone's photo or film, what Outlook makes of a letter."""
    if content.startswith(TNEF):
        return FileType(".dat", "application/ms-tnef")
    if content[4:8] in {b"moov", b"wide"} or content[4:12] == b"ftypqt  ":
        return FileType(".mov", "video/quicktime")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return FileType(".heic", "image/heic")
    return None


def _by_magic(content: bytes, name: str) -> FileType | None:
    try:
        matches = puremagic.magic_string(content)
    except puremagic.PureError:
        return None
    extension = next((one.extension for one in matches if one.extension in BY_MAGIC), "")
    if not extension or content.startswith(b"PK"):
        return None
    if extension == ".pdf" and not content.startswith(b"%PDF-"):
        return None
    if extension == ".doc":  # all old office files begin alike
        called = extension_of(name)
        return FileType(called, OLD_OFFICE[called]) if called in OLD_OFFICE else None
    return FileType(KEPT_AS.get(extension, extension), BY_MAGIC[extension])


def _text(content: bytes, name: str) -> FileType | None:
    """Words and nothing that a browser would run: what begins with < is a page, a drawing or a script's vehicle."""
    if b"\0" in content or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    for encoding in TEXT_ENCODINGS:
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(character.isprintable() or character.isspace() for character in words[:100_000]):
            called = extension_of(name)
            extension = called if called in TEXTS else ".txt"
            return FileType(extension, TEXTS[extension])
    return None
