"""The task that sends: claim a window, commit, hand it to the providers, write down the answers, again.

It ends after a few seconds even if there is more: the dispatcher starts the next one. The database is touched from the
main thread only, the network from the process's event loop only, and never one inside the other.
"""

import logging
import time
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from messaging.gateways.models import Gateway
from messaging.worker import work_sources
from messaging.worker.clock import about_database_now
from messaging.worker.db_errors import in_words
from messaging.worker.due import what_is_due
from messaging.worker.slots import drains_alive, free_slot, keep_slot
from messaging.worker.wakeup import wake

from ..models import Lane
from ..queue.claiming import claim_messages, doubt_expired_leases, reroute
from ..queue.routing import is_stopped
from ..receipts.in_doubt import MOST_QUESTIONS, send_under_same_key, settle, take_doubts
from .due import DOUBTS, LEASES, MESSAGES, STRAYS
from .event_loop import adapter_for
from .recording import Result, apply, store
from .sender import Found, Sender, parcel_of

logger = logging.getLogger(__name__)

AFTER_ERROR_SECONDS = 0.5
KEEP_SECONDS = 1
LAST_SECONDS = 20  # after its time, while answers are still to come: orders' messages do not wait for those
ALONE_AT_ONCE = 20  # rows worked on one by one between two looks at the messages,
ALONE_SECONDS = 0.5  # and for no longer: meanwhile messages wait, and the slot is not kept


def drain(slot_id: int, owner: str, is_careful: bool = False) -> None:
    """Send what is due until nothing is left, the time is up or the slot is lost.

    `is_careful`: the drain before it never came back, so rows are worked on one by one until that is explained.
    """
    Drain(slot_id, uuid.UUID(owner), is_careful).run()


def warm_up(proc_name: str = "", **_signal: object) -> None:
    """In a worker that was just begun: what else the first drain would do after its claim, a tenth of a second long."""
    try:
        what_is_due(timezone.now(), about_database_now())
        gateways = list(Gateway.objects.filter(is_on=True))
    except (DatabaseError, OSError) as error:
        logger.warning("%s: %s", proc_name, in_words(error))
        return
    for gateway in gateways:
        try:
            adapter_for(gateway)
        except Exception:  # its messages will say so; a worker must not end of it
            logger.debug("The gateway %s cannot be used", gateway, exc_info=True)


class Drain:
    """One run of the task; its `owner` also marks the messages it has claimed."""

    def __init__(self, slot_id: int, owner: uuid.UUID, is_careful: bool = False) -> None:
        self.slot_id = slot_id
        self.owner = owner
        self.is_careful = is_careful
        self.sender = Sender(drains_alive())
        self.results: list[Result] = []
        self.findings: list[Found] = []
        self.kept_at = time.monotonic()  # the dispatcher has just taken the slot
        self.heeded_at = self.kept_at
        self.may_claim = True
        self.ends_at = time.monotonic() + settings.DRAIN_SECONDS

    def run(self) -> None:
        while self._round():
            if self.sender.in_flight or self.sender.has_turns_soon:
                self._take(self.sender.gather(can_wait=not self.results))
        free_slot(self.slot_id, self.owner)
        if not self.may_claim:
            wake()  # there is more, and the slot is free now

    def _round(self) -> bool:
        """One look at everything; False when there is nothing left to do or to wait for."""
        try:
            self._heed_stop()
            self.may_claim = self.may_claim and self._has_time() and self._keep_slot()
            done = self._settle()
            due = what_is_due(timezone.now(), about_database_now()) if self.may_claim else set()
            if LEASES in due:
                doubt_expired_leases()
            done += self._work_of_others(due) + self._look_ups(due)
            done += self._window(due, claims=self.may_claim and (MESSAGES in due or done > 0))
        except DatabaseError as error:
            # Answers stay in memory and are stored as soon as the database is back; their lease bounds the wait.
            logger.warning("%s %d answers wait to be stored; trying again.", in_words(error), len(self.results))
            connections.close_all()
            time.sleep(AFTER_ERROR_SECONDS)
            return self._is_waiting()
        return bool(done) or self._is_waiting()

    def _has_time(self) -> bool:
        return time.monotonic() < self.ends_at + (LAST_SECONDS if self.sender.in_flight else 0)

    def _room(self, gateway: Gateway, lane: int) -> int:
        """As the sender's; what need not leave now is left to the next drain once the time is up."""
        is_over = time.monotonic() >= self.ends_at
        return 0 if is_over and lane != Lane.ORDERS else self.sender.room(gateway, lane)

    def _is_waiting(self) -> bool:
        expects_turns = self.may_claim and self.sender.has_turns_soon
        return bool(self.sender.in_flight or self.results or self.findings or expects_turns)

    def _heed_stop(self) -> None:
        """Once a second, while requests wait for a free place: has somebody stopped all sending?"""
        if self.sender.in_flight and time.monotonic() - self.heeded_at >= KEEP_SECONDS:
            self.heeded_at = time.monotonic()
            self.sender.is_stopped = is_stopped().exists()

    def _keep_slot(self) -> bool:
        if time.monotonic() - self.kept_at < KEEP_SECONDS:
            return True
        self.kept_at = time.monotonic()
        return keep_slot(self.slot_id, self.owner)

    def _work_of_others(self, due: set[str]) -> int:
        done = 0
        sources = [source for source in work_sources.sources if source.name in due]
        if sources:
            self._store()  # what has been answered is not left in doubt while others work
        for source in sources:
            try:
                done += self._work(source)
            except OperationalError as error:
                logger.warning("The work source “%s” waits. %s", source.name, in_words(error))
            except Exception:  # a fault in one room must not stop the messages, one in a row not the other rows
                logger.exception("The work source “%s” failed", source.name)
                self.is_careful = True
                done += source.work_alone is not None  # so look again, at one row at a time
        return done

    def _work(self, source: work_sources.WorkSource) -> int:
        alone = source.work_alone
        work_sources.forgive()
        if not self.is_careful or alone is None:
            return source.work(timezone.now())
        done, ends_at = 0, time.monotonic() + ALONE_SECONDS
        for _row in range(ALONE_AT_ONCE):
            ended = alone(timezone.now())
            done += ended
            if not ended or time.monotonic() >= ends_at:
                break
        return done

    def _look_ups(self, due: set[str]) -> int:
        """Ask providers about messages in doubt; returns how many were taken up."""
        room = MOST_QUESTIONS - self.sender.asked
        if DOUBTS not in due or room <= 0:
            return 0
        with transaction.atomic():
            taken = take_doubts(timezone.now(), room)
        for message in taken:
            try:
                adapter = adapter_for(message.carrier)
            except Exception:  # its account cannot be read: the doubt stays
                logger.exception("The gateway %s cannot be used", message.gateway)
                continue
            if adapter.resolves_doubt == "same_key":
                send_under_same_key(message)
            elif adapter.is_local:
                settle(message, adapter.look_up_here(parcel_of(message), message.tried_at or message.send_at))
            else:
                self.sender.look_up(message)
        return len(taken)

    def _settle(self) -> int:
        """Write down what providers said about doubts."""
        findings, self.findings = self.findings, []
        for found in findings:
            settle(found.message, found.finding)
        return len(findings)

    def _store(self) -> None:
        if self.results:
            with transaction.atomic():
                store(self.results, self.owner)
            self.results = []

    def _window(self, due: set[str], *, claims: bool) -> int:
        """Store what came back, claim what is due, hand it over; returns how many rows were touched."""
        now = timezone.now()
        if not claims and not self.results and STRAYS not in due:
            return 0
        stored, began, messages = len(self.results), time.monotonic(), []
        with transaction.atomic():
            if self.results:
                store(self.results, self.owner)
            if STRAYS in due:
                stored += reroute(settings.DRAIN_WINDOW, now)
            if claims:
                messages = claim_messages(self.owner, self._room, settings.DRAIN_WINDOW, now)
        self.results = []
        self._take(self.sender.hand_over(messages, began))
        return stored + len(messages)

    def _take(self, answers: Sequence[Result | Found]) -> None:
        for answer in answers:
            if isinstance(answer, Found):
                self.findings.append(answer)
            else:
                apply(answer.message, answer.outcome)
                self.results.append(answer)
