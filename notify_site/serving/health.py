"""Whether the site does its work: web, database, and the worker, whose work must flow."""

import datetime
import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging.gateways.models import Gateway
from messaging.gateways.polling import standing_still
from messaging.outbox.queue.claiming import oldest_due
from messaging.robots.steps.running import oldest_due_step
from messaging.worker.clock import database_now
from messaging.worker.db_errors import DISK_FULL, NO_ANSWER, is_disk_full
from messaging.worker.models import DrainSlot

LEAST_MEGABYTES = 50  # on the disk of the data folder, where SQLite keeps everything
SILENCE = datetime.timedelta(seconds=15)  # without a beat of the dispatcher, which beats every 5
MOST_LINES = 3
LATE = datetime.timedelta(minutes=2)  # after which due work that nobody is doing means that it does not flow


@dataclass(frozen=True)
class Health:
    """What the database says about the worker at `now`; ages are None when there is nothing to be old."""

    now: datetime.datetime
    last_beat: datetime.datetime | None
    busy_until: datetime.datetime | None
    oldest_message: datetime.datetime | None
    oldest_step: datetime.datetime | None

    @classmethod
    def measure(cls, now: datetime.datetime) -> "Health":
        """Three queries, each answered by an index. Raises django.db.Error when the database is away."""
        slots = DrainSlot.objects.aggregate(beat=Max("beat_at"), busy=Max("lease_until", default=None))
        return cls(
            now=now,
            last_beat=slots["beat"],
            busy_until=slots["busy"],
            oldest_message=oldest_due(now, database_now()),
            oldest_step=oldest_due_step(now),
        )

    def age(self, at: datetime.datetime | None) -> float | None:
        """Seconds from `at` until now, never less than 0."""
        return None if at is None else round(max(0.0, (self.now - at).total_seconds()), 1)

    def problems(self) -> list[str]:
        """What is wrong with the worker, in words; empty when its work flows."""
        if self.last_beat is None:
            return [_("The worker has never run.")]
        if self.now - self.last_beat > SILENCE:
            return [_("The worker has shown no sign of life for %d seconds.") % (self.age(self.last_beat) or 0)]
        if self.busy_until is not None and self.busy_until > self.now:
            return []  # somebody is at it: a queue, however long, is no standstill
        waiting = [
            (_("The oldest due message has waited for %d seconds and nobody sends."), self.oldest_message),
            (_("The oldest due step has waited for %d seconds and nobody sends."), self.oldest_step),
        ]
        return [sentence % (self.age(at) or 0) for sentence, at in waiting if at is not None and self.now - at > LATE]


def full_disks() -> list[str]:
    """A sentence when the disk of the data folder has next to nothing left."""
    left = shutil.disk_usage(settings.DATA_DIR).free // 2**20
    if left >= LEAST_MEGABYTES:
        return []
    return [_("The disk with the data folder is full: %(left)d MB are left.") % {"left": left}]


def silent_lines(now: datetime.datetime) -> list[str]:
    """A sentence for each gateway from which nothing is read any more, though customers may write by it."""
    return [silence_of(gateway, now) for gateway in standing_still(now)[:MOST_LINES]]


def silence_of(gateway: Gateway, now: datetime.datetime) -> str:
    words = _("What customers write to “%(name)s” has not been read for %(minutes)d minutes. %(why)s")
    minutes = (now - (gateway.polled_at or now)).total_seconds() // 60
    return (words % {"name": gateway.name, "minutes": minutes, "why": gateway.poll_problem}).strip()


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; says in words what is not."""
    answer: dict[str, object] = {"web": "ok"}
    try:
        health = Health.measure(timezone.now())
    except DatabaseError as error:
        sentence = str(DISK_FULL if is_disk_full(error) else NO_ANSWER)
        answer |= {"database": "down", "worker": "unknown", "problems": [*full_disks(), sentence]}
        return JsonResponse(answer, status=503)
    of_worker = health.problems()
    of_lines = [] if of_worker else silent_lines(health.now)  # without the worker nobody asks anyway
    problems = [*full_disks(), *of_worker, *of_lines]
    answer |= {
        "database": "ok",
        "worker": "down" if of_worker else "ok",
        "lines": "down" if of_lines else "unknown" if of_worker else "ok",
        "last_beat_seconds": health.age(health.last_beat),
        "oldest_due_message_seconds": health.age(health.oldest_message),
        "oldest_due_step_seconds": health.age(health.oldest_step),
        "problems": problems,
    }
    return JsonResponse(answer, status=503 if problems else 200)
