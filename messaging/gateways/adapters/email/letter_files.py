"""Letters on their way in: a large one is fetched in parts that are kept, so that a slow line goes on where it was.

A finished one stays for a day, for its attachments. The folder may be lost at any time: the mailbox has everything.
"""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from .letters import Place
from .mailbox import Mailbox

PART_BYTES = 256 * 1024
MOST_BYTES = 40 * 1024**2  # of a letter; of a larger one only its headers are read
KEPT_SECONDS = 24 * 3600


class TooLarge(Exception):
    """The letter is larger than MOST_BYTES. `head`: its first bytes; `size`: all of them, if the server said so."""

    def __init__(self, head: bytes, size: int) -> None:
        super().__init__(size)
        self.head, self.size = head, size


class OutOfTime(Exception):
    """Some of the letter came; the next call goes on from there."""


class LetterFile:
    """Where the parts of one letter are kept. Several processes may fetch it at once: its bytes never change."""

    def __init__(self, config: dict[str, str], place: Place) -> None:
        names = (config[f"imap_{name}"] for name in ("host", "port", "username"))
        whose = "\0".join((*names, str(place.validity), str(place.uid)))
        self.whole = folder() / f"{hashlib.sha256(whose.encode()).hexdigest()[:40]}.eml"
        self.part = self.whole.with_suffix(".part")

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return next((path.stat().st_size for path in (self.whole, self.part) if path.exists()), 0)

    def put(self, start: int, content: bytes) -> None:
        file = os.open(self.part, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            written = 0
            while written < len(content):
                written += os.pwrite(file, content[written:], start + written)
        finally:
            os.close(file)

    def finish(self) -> bytes:
        if self.part.exists():  # else another process was faster
            self.part.replace(self.whole)
        return self.whole.read_bytes()


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "letters"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def bring(box: Mailbox, place: Place, has_time: Callable[[], bool]) -> bytes | None:
    """The letter, None if somebody deleted it. Raises TooLarge, OutOfTime, LetterRefused and what connections raise."""
    file = LetterFile(box.config, place)
    if file.whole.exists():
        return file.whole.read_bytes()
    start = file.size
    while (read := box.read(place.uid, start, PART_BYTES)) is not None:
        content, size = read
        if size > MOST_BYTES or start + len(content) > MOST_BYTES:
            raise TooLarge(content if start == 0 else b"", size)
        is_last = len(content) < PART_BYTES or len(content) > PART_BYTES  # RFC822.SIZE is a guess on some servers
        if is_last and start == 0:
            return content
        file.put(start, content)
        start += len(content)
        if is_last:
            return file.finish()
        if not has_time():
            raise OutOfTime
    return None


def prune() -> None:
    """Forget what was fetched more than a day ago."""
    for path in folder().iterdir():
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
