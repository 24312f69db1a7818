"""An uploaded file becomes an import: its rows are streamed into chunks, nothing is judged yet."""

from collections.abc import Iterator
from typing import BinaryIO

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .faults import UnreadableFile
from .models import Import, ImportChunk, ImportState
from .reading import Row, Table, read_table

CHUNK_ROWS = {"sqlite": 500, "postgresql": 1000}  # on SQLite no other process can write while a chunk is written
CHUNK_CHARACTERS = 2_000_000  # what is held in memory at once, a few times over


def receive(file: BinaryIO, size: int, run: Import, encoding: str = "") -> Import:
    """Read a file of `size` bytes into a new import; if it cannot be read, its state and `problem` say so."""
    run.language = translation.get_language() or "en"
    run.state = ImportState.UNREADABLE  # until the last row is in: an upload that breaks off leaves no half
    run.problem = _("The upload broke off: upload the file again.")
    run.save()
    try:
        table = read_table(file, size, encoding)
        run.layout = table.layout
        run.row_count = _store_rows(run, table)
        if not run.row_count:
            raise UnreadableFile(no_orders())
    except UnreadableFile as problem:
        run.chunks.all().delete()
        run.row_count = 0
        run.problem = str(problem)
        run.save()
        return run
    run.problem = ""
    run.state = ImportState.CHECKING
    run.started_at = run.moved_at = timezone.now()
    run.save()
    return run


def no_orders() -> str:
    return _("The file has a header but no orders below it.")


def _store_rows(run: Import, table: Table) -> int:
    count = 0
    for position, rows in enumerate(in_chunks(table.rows)):
        ImportChunk.objects.create(run=run, position=position, rows=rows)
        count += len(rows)
    return count


def in_chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Lists of as many rows as this database takes at once, fewer of fat ones, read as they are asked for."""
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += sum(map(len, row.cells))
        if len(some) == CHUNK_ROWS[connection.vendor] or size > CHUNK_CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some
