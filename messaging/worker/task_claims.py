"""Giving an ordinary task (an import's chunk and the like) to a worker, and no more than three times.

A task that ends its worker is never acknowledged, so django-q would hand it out for ever. How often that happened is
noted in the task itself, in the statement that takes it.
"""

import datetime
import logging
from pickle import UnpicklingError

from django.core.signing import BadSignature
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage
from django_q.utils import get_func_repr

from .work_sources import GIVEN_UP, MOST_CLAIMS

logger = logging.getLogger(__name__)


class Unopened(Exception):
    """The task was made by another version of the program, and calls a function that this one does not have."""


def open_task(row: OrmQ) -> dict | None:
    """What is to be done; None for what django-q itself throws away. Raises Unopened."""
    try:
        return SignedPackage.loads(row.payload)
    except (TypeError, BadSignature):
        return None
    except (ImportError, AttributeError, EOFError, IndexError, UnpicklingError) as error:
        raise Unopened(str(error)) from error


def hand_out(row: OrmQ, until: datetime.datetime) -> str:
    """Take a waiting task until then; what the worker gets, or "" when another host was faster or it was given up."""
    untouched = OrmQ.objects.filter(pk=row.pk, lock=row.lock)
    try:
        task = open_task(row)
    except Unopened as error:
        logger.error("A waiting task is set aside, its work begins anew by itself: %s (%s)", Unopened.__doc__, error)
        untouched.delete()
        return ""
    if task is None:
        payload = row.payload
    else:
        claims = task.get("claims", 0)
        if claims >= MOST_CLAIMS:
            give_up(row, task)
            return ""
        payload = SignedPackage.dumps({**task, "claims": claims + 1, "taken": (row.pk, until)})
    return payload if untouched.update(lock=until, payload=payload) else ""


@transaction.atomic
def give_up(row: OrmQ, task: dict) -> None:
    """Among the failed tasks from now on, where everybody sees it."""
    if not OrmQ.objects.filter(pk=row.pk, lock=row.lock).delete()[0]:
        return
    logger.error("The task %s (%s) is given up: its worker never came back", task["name"], task["func"])
    now = timezone.now()
    ended = {"stopped": now, "success": False, "result": GIVEN_UP, "attempt_count": MOST_CLAIMS}
    known = {name: task.get(name) for name in ("name", "func", "hook", "args", "kwargs", "group", "cluster")}
    known["func"] = get_func_repr(known["func"])
    Task.objects.update_or_create(id=task["id"], defaults={**known, **ended, "started": task.get("started") or now})
