"""The task that sends: claim a window, commit, hand it to the providers, write down the answers, again.

It ends after a few seconds even if there is more: the dispatcher starts the next one. The database is touched from the
main thread only, the network from the process's event loop only, and never one inside the other.
"""

import asyncio
import datetime
import logging
import queue
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.utils import timezone

from messaging.gateways.adapters import Adapter, Fault, Finding, Parcel, Refused, Unknown

from . import work
from .claiming import claim_messages, doubt_expired_leases, due_messages
from .doubts import due_doubts, send_under_same_key, settle, take_doubts
from .loop import adapter_for, submit
from .models import Message
from .results import Result, apply, store
from .slots import free_slot, keep_slot

logger = logging.getLogger(__name__)

WAIT_SECONDS = 0.02
AFTER_ERROR_SECONDS = 0.5
KEEP_SECONDS = 1
STALE_SHARE = 0.5  # of the lease: a request that has not begun by then is not begun at all
HELD_UP = Refused("The worker was held up; it is queued again.", False, Fault.US, retry_after=0)


def drain(slot_id: int, owner: str) -> None:
    """Send what is due until nothing is left, the time is up or the slot is lost."""
    Drain(slot_id, uuid.UUID(owner)).run()


@dataclass(frozen=True)
class Found:
    """What a provider said about a message in doubt."""

    message: Message
    finding: Finding


class Drain:
    """One run of the task; its `owner` also marks the messages it has claimed."""

    def __init__(self, slot_id: int, owner: uuid.UUID) -> None:
        self.slot_id = slot_id
        self.owner = owner
        self.answers: queue.SimpleQueue[Result | Found] = queue.SimpleQueue()
        self.unstored: list[Result] = []
        self.in_flight = 0
        self.kept_at = time.monotonic()  # the dispatcher has just taken the slot
        self.may_claim = True
        self.ends_at = 0.0

    def run(self) -> None:
        self.ends_at = time.monotonic() + settings.DRAIN_SECONDS
        doubt_expired_leases()
        while self._round():
            if self.in_flight or self.unstored:
                self._collect()
        free_slot(self.slot_id, self.owner)

    def _round(self) -> bool:
        """One look at everything; False when there is nothing left to do or to wait for."""
        try:
            self.may_claim = self.may_claim and time.monotonic() < self.ends_at and self._keep_slot()
            done = self._work_of_others() if self.may_claim else 0
            done += self._look_ups() if self.may_claim else 0
            done += self._window()
        except DatabaseError as error:
            # Answers stay in memory and are stored as soon as the database is back; their lease bounds the wait.
            logger.warning("The database failed with %d answers to store, trying again: %s", len(self.unstored), error)
            connections.close_all()
            time.sleep(AFTER_ERROR_SECONDS)
            return bool(self.in_flight or self.unstored)
        return bool(self.in_flight or self.unstored or done)

    def _keep_slot(self) -> bool:
        if time.monotonic() - self.kept_at < KEEP_SECONDS:
            return True
        self.kept_at = time.monotonic()
        return keep_slot(self.slot_id, self.owner)

    def _work_of_others(self) -> int:
        return sum(source.work(timezone.now()) for source in work.sources)

    def _look_ups(self) -> int:
        """Ask providers about messages in doubt; returns how many were taken up."""
        now = timezone.now()
        if not due_doubts(now).exists():
            return 0
        with transaction.atomic():
            taken = take_doubts(now)
        for message in taken:
            adapter = adapter_for(message.gateway)
            if adapter.resolves_doubt == "same_key":
                send_under_same_key(message)
            elif adapter.is_local:
                settle(message, adapter.look_up_here(parcel_of(message), tried_at(message)))
            else:
                self.in_flight += 1
                submit(self._look_up(adapter, message))
        return len(taken)

    async def _look_up(self, adapter: Adapter, message: Message) -> None:
        try:
            async with asyncio.timeout(message.gateway.timeout_seconds + 1):
                finding = await adapter.look_up(parcel_of(message), tried_at(message))
        except TimeoutError:
            finding = Unknown("The provider did not answer in time.")
        except Exception:  # as in `_send`
            logger.exception("The adapter %s failed to look up", adapter.key)
            finding = Unknown("The program failed while asking; the log has the details.")
        self.answers.put(Found(message, finding))

    def _window(self) -> int:
        """Store what came back, claim what is due, hand it over; returns how many rows were touched."""
        now = timezone.now()
        room = settings.DRAIN_WINDOW - self.in_flight
        claims = self.may_claim and room > 0 and due_messages(now).exists()
        if not claims and not self.unstored:
            return 0
        stored = len(self.unstored)
        with transaction.atomic():
            store(self.unstored, self.owner)
            messages = claim_messages(self.owner, room, now) if claims else []
        self.unstored = []
        claimed_at = time.monotonic()
        for message in messages:
            self._hand_over(message, claimed_at)
        return stored + len(messages)

    def _hand_over(self, message: Message, claimed_at: float) -> None:
        parcel = parcel_of(message)
        self.in_flight += 1
        try:
            adapter = adapter_for(message.gateway)
        except ImproperlyConfigured as error:
            refusal = Refused(str(error), False, Fault.US, pauses_gateway=True)
            self._took(Result(message, refusal, timezone.now(), 0))
            return
        if adapter.is_local:
            self._took(deliver_here(adapter, message, parcel))
            return
        submit(self._send(adapter, message, parcel, claimed_at))

    async def _send(self, adapter: Adapter, message: Message, parcel: Parcel, claimed_at: float) -> None:
        started_at, started = timezone.now(), time.monotonic()
        timeout = message.gateway.timeout_seconds
        try:
            if started - claimed_at > STALE_SHARE * (timeout + 10):
                outcome = HELD_UP
            else:
                async with asyncio.timeout(timeout + 1):
                    outcome = await adapter.send(parcel)
        except TimeoutError:
            outcome = Unknown("The provider did not answer in time.")
        except Exception:  # a fault in one adapter must not take the other messages with it
            logger.exception("The adapter %s failed", adapter.key)
            outcome = Unknown("The program failed while sending; the log has the details.")
        self.answers.put(Result(message, outcome, started_at, int((time.monotonic() - started) * 1000)))

    def _collect(self) -> None:
        """Take the answers that are there, waiting a moment for the first."""
        try:
            self._took(self.answers.get(timeout=0 if self.unstored else WAIT_SECONDS))
            while True:
                self._took(self.answers.get_nowait())
        except queue.Empty:
            return

    def _took(self, result: Result | Found) -> None:
        self.in_flight -= 1
        if isinstance(result, Found):
            settle(result.message, result.finding)
            return
        apply(result.message, result.outcome)
        self.unstored.append(result)


def deliver_here(adapter: Adapter, message: Message, parcel: Parcel) -> Result:
    """The sandbox: no network, so no loop."""
    started_at, started = timezone.now(), time.monotonic()
    outcome = adapter.deliver(parcel)
    return Result(message, outcome, started_at, int((time.monotonic() - started) * 1000))


def tried_at(message: Message) -> datetime.datetime:
    """When the request that is in doubt began, at the earliest."""
    return message.send_at


def parcel_of(message: Message) -> Parcel:
    return Parcel(
        key=str(message.key),
        channel=message.channel,
        to=message.to,
        subject=message.subject,
        body=message.body,
        expires_at=message.expires_at,
    )
