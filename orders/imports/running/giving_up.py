"""Giving an import up that ends the program each time: its beginnings are counted before they begin."""

import logging

from django.db import transaction
from django.utils import timezone

from locations.values.reasons import Reason

from ..models import Import, ImportState
from ..planning.pending_locations import forget_expected

logger = logging.getLogger(__name__)

MOST_TRIES = 3  # of a file to be read, and of each chunk


@transaction.atomic
def give_up(run: Import, problem: Reason) -> None:
    """The end of an import that can't go on, with the reason its page shows; what was kept for going on goes."""
    given_up = Import.objects.filter(pk=run.pk, state=run.state).update(
        state=ImportState.FAILED, problem=problem, finished_at=timezone.now()
    )
    if not given_up:  # cancelled, or done after all
        return
    logger.error("The import %d is given up: %s", run.pk, problem)
    forget_expected(run)
    run.slices.all().delete()
    if run.state == ImportState.READING:  # half a file is nothing to look at
        run.chunks.all().delete()
