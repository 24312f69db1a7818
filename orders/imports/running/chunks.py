"""Checking and committing an import chunk by chunk.

A chunk is checked or committed in one transaction that locks its import, marks the chunk done and adds to the counts:
run twice, by two workers, or again after a kill, it counts once.
"""

from bisect import bisect_right
from collections.abc import Collection
from sys import maxsize

from django.db import connection, transaction
from django.utils import timezone

from ..models import Import, ImportChunk, ImportState
from ..planning.counts import Tally, add, in_chunk, refusals, tally
from ..planning.forecast import foresee
from ..planning.pending_locations import ExpectedClients, expected_locations, forget_expected, remember_locations
from ..planning.planner import examine
from ..planning.plans import Outcome, Plan
from ..reading.lookups import Lookups
from ..reading.reading import Row
from .committing import commit, remember


@transaction.atomic
def check_chunk(chunk_id: int) -> ImportChunk | None:
    """Add what would happen to the chunk's rows to the preview; the next chunk to check, None after the last."""
    chunk = _take(chunk_id, ImportState.CHECKING)
    if chunk is None:
        return None
    run = chunk.run
    lookups, rows = Lookups.load(), rows_of(chunk)
    places, clients = expected_locations(run, rows), ExpectedClients(run)
    refused = refused_before(chunk, rows)
    plan = examine(rows, run.layout["columns"], run.source, lookups, expected=places, clients=clients, refused=refused)
    counts = tally(plan, lookups, foresee(plan, run.source, lookups, notify=run.notify))
    remember_locations(run, plan)
    clients.remember(plan)
    remember(plan.of(Outcome.UNCHANGED))
    run.preview = add(run.preview, in_chunk(counts, chunk.position))
    return _finish(chunk, plan, ImportState.CHECKED)


@transaction.atomic
def commit_chunk(chunk_id: int) -> ImportChunk | None:
    """Write the chunk's rows and add to the report; the next chunk to commit, None after the last.

    Raises IntegrityError when somebody else wrote the same rows meanwhile: nothing of the chunk is written, try again.
    """
    chunk = _take(chunk_id, ImportState.COMMITTING)
    if chunk is None:
        return None
    run = chunk.run
    rows = rows_of(chunk)
    plan, counts = carry_out(rows, run, refused_before(chunk, rows))
    run.report = add(run.report, in_chunk(counts, chunk.position))
    return _finish(chunk, plan, ImportState.DONE)


@transaction.atomic
def carry_out(rows: list[Row], run: Import, refused: Collection[int] = ()) -> tuple[Plan, Tally]:
    """Plan these rows, with their orders locked, and write them. `run` may be unsaved; `refused` as in `examine`."""
    lookups = Lookups.load()
    plan = examine(rows, run.layout["columns"], run.source, lookups, refused=refused, lock=True)
    counts = tally(plan, lookups)
    commit(plan, run.source, notify=run.notify, by=run.by)
    return plan, counts


def rows_of(chunk: ImportChunk) -> list[Row]:
    return [Row(*row) for row in chunk.rows]


def refused_before(chunk: ImportChunk, rows: list[Row]) -> set[int]:
    """Which earlier rows, that these repeat, were refused in the chunks before. Asked only where some are."""
    wanted = {number for row in rows for number in row.earlier}
    if not wanted:
        return set()
    before = chunk.run.chunks.filter(position__lt=chunk.position)
    firsts = list(before.order_by("position").values_list("first_row", "position"))
    places = {firsts[at - 1][1] for number in wanted if (at := bisect_right(firsts, (number, maxsize)))}
    told = before.filter(position__in=places).values_list("refused", flat=True)
    return {number for refused in told.iterator() for number, _faults in refused} & wanted


def begin_commit(run: Import) -> ImportChunk | None:
    """From checked to being committed; the first chunk, None when somebody else has begun already."""
    with transaction.atomic():
        begun = Import.objects.filter(pk=run.pk, state=ImportState.CHECKED).update(
            state=ImportState.COMMITTING, started_at=timezone.now(), moved_at=timezone.now(), done_rows=0, report={}
        )
        if not begun:
            return None
        run.chunks.update(is_done=False, claims=0)
        return next_chunk(run)


def check_again(run: Import, *, source: str, notify: bool) -> bool:
    """Back to checking, with another answer to whose orders these are and who is told; False if it is too late."""
    with transaction.atomic():
        changed = Import.objects.filter(pk=run.pk, state=ImportState.CHECKED).update(
            state=ImportState.CHECKING,
            source=source,
            notify=notify,
            preview={},
            done_rows=0,
            started_at=timezone.now(),
            moved_at=timezone.now(),
        )
        if changed:
            run.chunks.update(is_done=False, claims=0)
        return bool(changed)


def cancel(run: Import) -> None:
    """Stop before the next chunk; what is written stays."""
    stoppable = [ImportState.READING, ImportState.CHECKING, ImportState.CHECKED, ImportState.COMMITTING]
    Import.objects.filter(pk=run.pk, state__in=stoppable).update(
        state=ImportState.CANCELLED, finished_at=timezone.now()
    )
    forget_expected(run)
    run.slices.all().delete()


def next_chunk(run: Import) -> ImportChunk | None:
    return run.chunks.filter(is_done=False).order_by("position").defer("rows", "refused").first()


def _take(chunk_id: int, state: ImportState) -> ImportChunk | None:
    """The chunk with its import locked; None when it is done already or no longer wanted."""
    run = Import.objects.select_for_update().filter(chunks=chunk_id, state=state).select_related("by")
    if connection.features.has_select_for_update_of:
        run = run.select_for_update(of=("self",))
    locked = run.first()
    if locked is None:
        return None
    chunk = ImportChunk.objects.filter(pk=chunk_id, is_done=False).first()
    if chunk:
        chunk.run = locked
    return chunk


def _finish(chunk: ImportChunk, plan: Plan, final: ImportState) -> ImportChunk | None:
    chunk.refused = refusals(plan)
    chunk.is_done = True
    chunk.save(update_fields=["refused", "is_done"])
    run = chunk.run
    run.done_rows += len(chunk.rows)
    run.moved_at = timezone.now()
    following = next_chunk(run)
    if following is None:
        run.state = final
        run.finished_at = run.moved_at
        forget_expected(run)
    run.save(update_fields=["preview", "report", "done_rows", "moved_at", "state", "finished_at"])
    return following
