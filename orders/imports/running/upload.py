"""An uploaded file becomes an import: its rows are streamed into chunks, nothing is judged yet."""

from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from locations.values.reasons import NONE, Reason

from .. import reasons
from ..models import Import, ImportChunk, ImportState
from ..reading.binary import Readable
from ..reading.errors import UnreadableFile
from ..reading.reading import Row, Table, read_table

CHUNK_ROWS = {"sqlite": 500, "postgresql": 1000}  # on SQLite no other process can write while a chunk is written
CHUNK_CHARACTERS = 2_000_000  # what is held in memory at once, a few times over


class NobodyWaits(Exception):
    """The import was cancelled while its file was being read."""


def receive(file: Readable, size: int, run: Import) -> Import:
    """Read a file of `size` bytes into a new import; if it cannot be read, its state and `problem` say so."""
    run.state = ImportState.UNREADABLE  # until the last row is in: an upload that breaks off leaves no half
    run.problem = reasons.UPLOAD_BROKE_OFF()
    run.save()
    read_into(run, file, size)
    return run


def read_into(run: Import, file: Readable, size: int) -> None:
    """Store the file's rows in chunks and go on to checking, or say in `problem` why it cannot be read."""
    before = run.state
    try:
        run.problem = why_unreadable(lambda: _read(run, file, size))
    except NobodyWaits:
        run.chunks.all().delete()
        run.refresh_from_db()
        return
    if run.problem:
        run.chunks.all().delete()
        run.row_count = 0
        run.state = ImportState.UNREADABLE
    else:
        run.state = ImportState.CHECKING
        run.started_at = run.moved_at = timezone.now()
    with transaction.atomic():
        if Import.objects.select_for_update().filter(pk=run.pk, state=before).exists():
            run.save(update_fields=["problem", "layout", "row_count", "state", "started_at", "moved_at"])
        else:
            run.chunks.all().delete()


def why_unreadable(work: Callable[[], None]) -> Reason:
    """With which the work refuses the file; none if it does not."""
    try:
        work()
    except UnreadableFile as problem:
        return problem.reason
    return NONE


def _read(run: Import, file: Readable, size: int) -> None:
    table = read_table(file, size, run.encoding)
    run.layout = table.layout
    run.row_count = _store_rows(run, table)
    if not run.row_count:
        raise UnreadableFile(reasons.NO_ORDERS())


def _store_rows(run: Import, table: Table) -> int:
    count = 0
    for position, rows in enumerate(in_chunks(table.rows)):
        if not Import.objects.filter(pk=run.pk, state=run.state).update(moved_at=timezone.now()):
            raise NobodyWaits
        ImportChunk.objects.create(run=run, position=position, first_row=rows[0].number, rows=rows)
        count += len(rows)
    return count


def in_chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Lists of as many rows as this database takes at once, fewer of fat ones, read as they are asked for."""
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += len("".join(row.cells))
        if len(some) == CHUNK_ROWS[connection.vendor] or size > CHUNK_CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some
