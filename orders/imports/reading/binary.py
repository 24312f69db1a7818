"""What a file must be able to do to be read: an upload's, one on the disk, and one kept in slices all can."""

import io
from typing import Protocol


class Readable(Protocol):
    """Bytes from the start, as often as one likes."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int: ...
