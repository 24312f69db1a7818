"""Handing claimed messages to the providers, many at a time, and gathering what they answer.

The drain's own thread gives and takes here; the requests run on the process's event loop. A gateway has a number of
places; who finds none free waits, and order messages overtake waiting campaign messages.
"""

import asyncio
import heapq
import itertools
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from messaging.gateways import reasons as gateway_reasons
from messaging.gateways.adapters import Adapter, Enclosure, Fault, Finding, Outcome, Parcel, Refused, Unknown
from messaging.gateways.credentials import CredentialsUnreadable
from messaging.gateways.models import Gateway
from messaging.gateways.pace import Turn

from .. import reasons
from ..gateway_health.unknown_codes import judge
from ..models import Lane, Message
from .event_loop import adapter_for, submit
from .recording import Result

logger = logging.getLogger(__name__)

FIRST_WAIT = 0.02  # seconds for the first answer
IDLE_WAIT = 0.1  # seconds, when only further turns are waited for
LINGER = 1.0  # seconds after a turn in which the next one is worth waiting for
MORE_WAIT = 0.025  # seconds at most for others to be stored in the same transaction
ENOUGH = 0.25  # of what is under way: so many answers are stored without waiting for more
MOST_ANSWERS = 250
MOST_AHEAD = 3  # times the places, for a gateway that answers at once
STALE_SHARE = 0.5  # of the lease: a request that has not begun by then is not begun at all
NO_ANSWER = Unknown(gateway_reasons.NO_ANSWER())
PROGRAM_FAILED = Unknown(gateway_reasons.SEND_FAILED())
STOPPED = Refused(reasons.SENDING_STOPPED(), False, Fault.US, retry_after=0)
HELD_UP = Refused(reasons.HELD_UP(), False, Fault.US, retry_after=0)
MISSED_TURN = Refused(reasons.WAITS_FOR_TURN(), False, Fault.US, retry_after=0)
SLOWED = Refused(reasons.SLOWED().then(reasons.WAITS_FOR_TURN()), False, Fault.US, retry_after=0)


@dataclass(frozen=True)
class Found:
    """What a provider said about a message in doubt."""

    message: Message
    finding: Finding


@dataclass(frozen=True)
class Ripe:
    """A message whose turn at a local gateway has come."""

    message: Message
    adapter: Adapter
    parcel: Parcel


class Places:
    """A gateway's places on the event loop: `take` one, work, `leave` it to the most urgent who waits."""

    def __init__(self, number: int) -> None:
        self.free = number
        self.waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self.order = itertools.count()

    async def take(self, lane: int) -> None:
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self.waiting, (lane, next(self.order), turn))
        await turn

    def leave(self) -> None:
        if self.waiting:
            heapq.heappop(self.waiting)[2].set_result(None)
        else:
            self.free += 1


class Sender:
    """The requests of one drain. `drains`: how many drains share the gateways' places with this one."""

    def __init__(self, drains: int) -> None:
        self.drains = max(1, drains)
        self.asked = 0  # how many answers about messages in doubt are still to come
        self.answers: deque[Result | Found | Ripe] = deque()
        self.enough = 1
        self.is_enough = threading.Event()
        self.held: Counter[tuple[int, int]] = Counter()  # by gateway and lane
        self.pace: dict[int, int] = {}  # how many answers of a gateway the last gathering brought
        self.places: dict[int, Places] = {}
        self.slowed_at: dict[int, float] = {}  # gateways that asked to slow down: what was claimed before goes back
        self.last_turn = 0.0  # when it begins, at whichever gateway
        self.is_stopped = False  # set while all sending is stopped: what has not begun yet goes back

    @property
    def in_flight(self) -> int:
        return self.held.total()

    def share(self, gateway: Gateway) -> int:
        return max(1, gateway.concurrency // self.drains)

    def room(self, gateway: Gateway, lane: int) -> int:
        """How many more messages to claim: for each place one, and as many ahead as are answered between two claims.

        So no place stands empty, and a worker that is killed leaves few in doubt. Orders do not count what waits for
        campaigns, which they overtake.
        """
        share = self.share(gateway)
        held = sum(self.held[gateway.pk, other] for other in Lane.values if other <= lane)
        return max(0, share + min(self.pace.get(gateway.pk, 0), MOST_AHEAD * share) - held)

    def hand_over(self, messages: list[Message], claimed_at: float) -> list[Result]:
        """Send; the answers come by `gather`. Returns those that are known at once (sandbox, unreadable account).

        `claimed_at`: before the claim was committed, by the monotonic clock.
        """
        at_once: list[Result] = []
        requests = []
        for message in messages:
            parcel = parcel_of(message)
            try:
                adapter = adapter_for(message.carrier)
            except Exception as error:  # whatever is wrong with this account, the others' messages go on
                logger.exception("The gateway %s cannot be used", message.gateway)
                why = error.reason if isinstance(error, CredentialsUnreadable) else reasons.SETTINGS_INCOMPLETE()
                refusal = Refused(why, False, Fault.US, pauses_gateway=True)
                at_once.append(Result(message, refusal, timezone.now(), 0))
                continue
            if gone := [one for one in parcel.enclosures if not one.path.exists()]:
                why = reasons.FILE_GONE(name=gone[0].name)
                at_once.append(Result(message, Refused(why, True, Fault.US), timezone.now(), 0))
                continue
            if adapter.is_local and message.turn is None:
                at_once.append(deliver_here(adapter, message, parcel))
                continue
            self.held[place_of(message)] += 1
            self._expect_more(message.turn)
            if adapter.is_local:
                requests.append(self._ripen(adapter, message, parcel))
                continue
            places = self.places.setdefault(message.carrier.pk, Places(self.share(message.carrier)))
            requests.append(self._send(adapter, message, parcel, claimed_at, places))
        if requests:
            submit(start_all(requests))
        return at_once

    def look_up(self, message: Message) -> None:
        """Ask the provider what became of a message in doubt; the finding comes by `gather`."""
        self.held[place_of(message)] += 1
        self.asked += 1
        submit(self._look_up(adapter_for(message.carrier), message))

    def gather(self, *, can_wait: bool) -> list[Result | Found]:
        """The answers that are there; waits a moment for the first and a shorter one for the others."""
        wait = FIRST_WAIT if self.held.total() else IDLE_WAIT
        self._wait_for(1, wait if can_wait else 0)
        if self.answers:
            self._wait_for(int(self.in_flight * ENOUGH), MORE_WAIT)
        found = [self.answers.popleft() for _ in range(min(len(self.answers), MOST_ANSWERS))]
        for one in found:
            self.held[place_of(one.message)] -= 1
            self.asked -= isinstance(one, Found)
        self.pace.update(Counter(one.message.carrier.pk for one in found))
        return [deliver_here(one.adapter, one.message, one.parcel) if isinstance(one, Ripe) else one for one in found]

    async def _send(
        self, adapter: Adapter, message: Message, parcel: Parcel, claimed_at: float, places: Places
    ) -> None:
        await sleep_until(message.turn)
        await places.take(message.lane)
        started_at, started = timezone.now(), time.monotonic()
        try:
            outcome: Outcome | None = self._why_not_now(message, claimed_at, started)
            if outcome is None:
                async with asyncio.timeout(message.carrier.timeout_seconds + 1):
                    outcome = judge(message.carrier, await adapter.send(parcel))
            if isinstance(outcome, Refused) and outcome.slows == "gateway":
                self.slowed_at[message.carrier.pk] = time.monotonic()
        except TimeoutError:
            outcome = NO_ANSWER
        except Exception:  # a fault in one adapter must not take the other messages with it
            logger.exception("The adapter %s failed", adapter.key)
            outcome = PROGRAM_FAILED
        finally:
            places.leave()
        self._answer(Result(message, outcome, started_at, int((time.monotonic() - started) * 1000)))

    def _why_not_now(self, message: Message, claimed_at: float, now: float) -> Refused | None:
        """The reason not to begin a request that is about to."""
        if self.is_stopped:
            return STOPPED
        if claimed_at < self.slowed_at.get(message.carrier.pk, claimed_at):
            return SLOWED
        if message.turn is not None and now > message.turn.ends:
            return MISSED_TURN
        return HELD_UP if now - claimed_at > STALE_SHARE * (message.carrier.timeout_seconds + 10) else None

    async def _ripen(self, adapter: Adapter, message: Message, parcel: Parcel) -> None:
        """A local gateway is served in the drain's own thread, but not before the message's turn."""
        await sleep_until(message.turn)
        self._answer(Ripe(message, adapter, parcel))

    def _expect_more(self, turn: Turn | None) -> None:
        if turn is not None:
            self.last_turn = max(self.last_turn, turn.starts)

    @property
    def has_turns_soon(self) -> bool:
        """Whether a gateway's next turns come so soon that to end the drain would waste them."""
        return time.monotonic() < self.last_turn + LINGER

    async def _look_up(self, adapter: Adapter, message: Message) -> None:
        try:
            async with asyncio.timeout(message.carrier.timeout_seconds + 1):
                finding = await adapter.look_up(parcel_of(message), message.tried_at or message.send_at)
        except TimeoutError:
            finding = NO_ANSWER
        except Exception:  # as in `_send`
            logger.exception("The adapter %s failed to look up", adapter.key)
            finding = Unknown(reasons.ASKING_FAILED())
        self._answer(Found(message, finding))

    def _wait_for(self, number: int, seconds: float) -> None:
        """Sleep until so many answers are there: to be woken by each would stop the event loop each time."""
        self.enough = number
        self.is_enough.clear()
        if len(self.answers) < number:
            self.is_enough.wait(seconds)

    def _answer(self, answer: Result | Found | Ripe) -> None:
        self.answers.append(answer)
        if len(self.answers) >= self.enough:
            self.is_enough.set()


def place_of(message: Message) -> tuple[int, int]:
    return message.carrier.pk, message.lane


async def sleep_until(turn: Turn | None) -> None:
    if turn is not None:
        await asyncio.sleep(max(0.0, turn.starts - time.monotonic()))


async def start_all(requests: Sequence[Awaitable[None]]) -> None:
    """One hop to the event loop for a whole window."""
    await asyncio.gather(*requests)


def deliver_here(adapter: Adapter, message: Message, parcel: Parcel) -> Result:
    """The sandbox: no network, so no loop."""
    started_at, started = timezone.now(), time.monotonic()
    try:
        outcome = adapter.deliver(parcel)
    except Exception:  # as in `_send`
        logger.exception("The adapter %s failed", adapter.key)
        outcome = PROGRAM_FAILED
    return Result(message, outcome, started_at, int((time.monotonic() - started) * 1000))


def parcel_of(message: Message) -> Parcel:
    return Parcel(
        key=str(message.key),
        channel=message.channel,
        to=message.to,
        subject=message.subject,
        body=message.body,
        expires_at=message.expires_at,
        headers=message.headers,
        enclosures=tuple(
            Enclosure(settings.DATA_DIR / one["path"], one["name"], one["content_type"]) for one in message.files
        ),
    )
