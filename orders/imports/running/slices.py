"""Files too large to be read while somebody waits for the page: kept in slices until the worker has read them."""

import io
from collections.abc import Iterator

from django.db.models import F
from django.utils import timezone

from locations.values.reasons import NONE

from .. import reasons
from ..models import Import, ImportSlice, ImportState
from ..reading.binary import Readable
from ..reading.reading import refuse_too_large
from .giving_up import MOST_TRIES, give_up
from .upload import read_into, why_unreadable

AT_ONCE = 1024 * 1024  # bytes; a smaller file is read while the request lasts
SLICE = 512 * 1024  # bytes


class KeptFile(io.RawIOBase):
    """The slices of an import as one file that can be read from its start, as often as one likes."""

    def __init__(self, run: Import) -> None:
        self.slices = ImportSlice.objects.filter(run=run).order_by("position").values_list("data", flat=True)
        self.size = sum(ImportSlice.objects.filter(run=run).values_list("size", flat=True))
        self.seek(0)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("It is read from its start only.")
        self.left: Iterator[bytes | memoryview] = self.slices.iterator(chunk_size=1)
        self.buffer = memoryview(b"")
        return 0

    def read(self, size: int = SLICE) -> bytes:
        if not self.buffer:
            self.buffer = memoryview(bytes(next(self.left, b"")))
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return bytes(taken)


def keep(file: Readable, size: int, run: Import) -> None:
    """Store an uploaded file of `size` bytes for the worker. One too large is not stored, and the import says so."""
    run.state, run.problem = ImportState.UNREADABLE, reasons.UPLOAD_BROKE_OFF()
    run.save()
    if problem := why_unreadable(lambda: refuse_too_large(size)):
        Import.objects.filter(pk=run.pk).update(problem=problem)
        return
    for position, data in enumerate(iter(lambda: file.read(SLICE), b"")):
        ImportSlice.objects.create(run=run, position=position, data=data, size=len(data))
    run.state, run.problem = ImportState.READING, NONE
    run.started_at = run.moved_at = timezone.now()
    run.save()


def read_kept(run_id: int) -> Import | None:
    """Read a kept file into chunks, from the beginning; None when nobody waits for it any more.

    That it was begun is on record before it begins: a file that ends its worker three times is not tried again.
    """
    run = Import.objects.filter(pk=run_id, state=ImportState.READING).first()
    if run is None:
        return None
    if run.readings >= MOST_TRIES:
        give_up(run, reasons.FAILED_READING())
        return None
    Import.objects.filter(pk=run_id).update(readings=F("readings") + 1, moved_at=timezone.now())
    run.chunks.all().delete()
    kept = KeptFile(run)
    read_into(run, kept, kept.size)
    run.slices.all().delete()
    return run
