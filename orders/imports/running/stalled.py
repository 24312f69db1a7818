"""Imports that stand still: their worker was killed, or their request was lost. Each is asked for again, by itself.

A chunk that ends its worker again and again breaks its import off, and the rows are named.
"""

import datetime

from django.db import OperationalError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from locations.values.reasons import Reason

from .. import reasons, tasks
from ..models import WORKING, Import, ImportChunk, ImportState
from .giving_up import MOST_TRIES, give_up

SILENCE = datetime.timedelta(seconds=10)  # without progress; a chunk takes less than one


def standing_imports(now: datetime.datetime) -> QuerySet[Import]:
    """Working, and silent for too long. `now` stays a value of its own: the dispatcher puts it in anew each time."""
    silent = ExpressionWrapper(F("moved_at") + SILENCE, output_field=DateTimeField())
    working = Import.objects.filter(state__one_of=WORKING, moved_at__isnull=False)
    return working.alias(silent_at=silent).filter(silent_at__lte=now)


def ask_again(now: datetime.datetime) -> int:
    """Ask once more for the next chunk of each; returns how many. One being written is locked, so left alone."""
    with transaction.atomic():
        runs = list(standing_imports(now).select_for_update(skip_locked=True, of=("self",)))
        for run in runs:
            Import.objects.filter(pk=run.pk).update(moved_at=timezone.now())
            if run.state == ImportState.READING:
                tasks.start_reading(run)
                continue
            chunk = run.chunks.filter(is_done=False).order_by("position").only("pk").first()
            if chunk is not None:
                async_task("orders.imports.running.stalled.try_again", chunk.pk)
    return len(runs)


def try_again(chunk_id: int) -> None:
    """A task: begin a chunk once more, having counted that; harmless when the first request still arrives."""
    state = count_claim(chunk_id)
    try:
        if state == ImportState.CHECKING:
            tasks.check_chunk(chunk_id)
        elif state == ImportState.COMMITTING:
            tasks.commit_chunk(chunk_id)
    except OperationalError:  # a full disk, say: no fault of these rows
        ImportChunk.objects.filter(pk=chunk_id, claims__gt=0).update(claims=F("claims") - 1)
        raise


@transaction.atomic
def count_claim(chunk_id: int) -> str:
    """What the chunk waits for, "" if for nothing. It is on record before the work begins, in a commit of its own."""
    chunk = ImportChunk.objects.filter(pk=chunk_id, is_done=False, run__state__in=WORKING).select_related("run").first()
    if chunk is None:
        return ""
    if chunk.claims >= MOST_TRIES - 1:  # the first is not counted
        give_up(chunk.run, why_given_up(chunk))
        return ""
    ImportChunk.objects.filter(pk=chunk_id).update(claims=F("claims") + 1)
    return chunk.run.state


def why_given_up(chunk: ImportChunk) -> Reason:
    """Which rows it was, and what of the file is written by now."""
    is_check = chunk.run.state == ImportState.CHECKING
    ending = reasons.NOTHING_WRITTEN() if is_check else reasons.BEGINNING_STAYS()
    return reasons.FAILED_ROWS(first=chunk.rows[0][0], last=chunk.rows[-1][0]).then(ending)
