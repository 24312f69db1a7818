"""What the worker does for an import: short steps, each of which asks for the next inside its own transaction."""

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django_q.tasks import async_task

from .models import Import, ImportState
from .running import chunks
from .running.slices import AT_ONCE, keep, read_kept
from .running.upload import receive

TRIES = 3


def start(file: UploadedFile, run: Import) -> None:
    """Take in an upload: a small one is read at once, a large one by the worker."""
    size = file.size or 0
    if size <= AT_ONCE:
        start_checking(receive(file, size, run))
        return
    keep(file, size, run)
    if run.state == ImportState.READING:
        start_reading(run)


def start_reading(run: Import) -> None:
    async_task("orders.imports.tasks.read_file", run.pk)


def read_file(run_id: int) -> None:
    """Read a kept file and ask for the first check."""
    run = read_kept(run_id)
    if run is not None:
        start_checking(run)


def start_checking(run: Import) -> None:
    first = chunks.next_chunk(run)
    if first:
        async_task("orders.imports.tasks.check_chunk", first.pk)


@transaction.atomic
def start_committing(run: Import) -> bool:
    """Begin to write; False when it has begun already."""
    first = chunks.begin_commit(run)
    if first:
        async_task("orders.imports.tasks.commit_chunk", first.pk)
    return first is not None


@transaction.atomic
def start_checking_again(run: Import, *, source: str, notify: bool) -> None:
    if chunks.check_again(run, source=source, notify=notify):
        start_checking(run)


def carry_on(run: Import) -> None:
    """Ask once more for the next chunk: after a breakdown. Harmless when the old request is still on its way."""
    if run.state == ImportState.READING:
        start_reading(run)
        return
    first = chunks.next_chunk(run)
    if first and run.is_working:
        step = "check_chunk" if run.state == ImportState.CHECKING else "commit_chunk"
        async_task(f"orders.imports.tasks.{step}", first.pk)


@transaction.atomic
def check_chunk(chunk_id: int) -> None:
    """Check one chunk and ask for the next."""
    following = chunks.check_chunk(chunk_id)
    if following:
        async_task("orders.imports.tasks.check_chunk", following.pk)


def commit_chunk(chunk_id: int) -> None:
    """Commit one chunk and ask for the next. When another door wrote the same rows meanwhile, it is planned again."""
    for attempt in range(1, TRIES + 1):
        try:
            _commit_and_ask(chunk_id)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return


@transaction.atomic
def _commit_and_ask(chunk_id: int) -> None:
    following = chunks.commit_chunk(chunk_id)
    if following:
        async_task("orders.imports.tasks.commit_chunk", following.pk)
