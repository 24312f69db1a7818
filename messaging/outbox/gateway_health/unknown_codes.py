"""Refusals with a code that nobody knows: five in a row look like the whole account's trouble, so a person is asked.

Judged as each answer comes, by each worker process for itself: what is under way then goes back to the queue too.
"""

import time
from dataclasses import dataclass, replace

from messaging.gateways.adapters import Accepted, Fault, Outcome, Refused
from messaging.gateways.models import Gateway
from messaging.gateways.reasons import UNKNOWN_CODES

IN_ROW = 5
UNDER_WAY_SECONDS = 60  # after that a resumed gateway is tried anew: one strange message must not hold it for ever


@dataclass
class Streak:
    """How often one code came without an accepted message between; `ended_at`: when it was enough (monotonic)."""

    code: str
    count: int = 0
    ended_at: float | None = None


_streaks: dict[tuple[int, object], Streak] = {}  # touched on the event loop only


def judge(gateway: Gateway, outcome: Outcome) -> Outcome:
    """The same outcome, or from the fifth strange one on a refusal that pauses the gateway and keeps the message."""
    key = (gateway.pk, gateway.created_at)
    if isinstance(outcome, Accepted):
        _streaks.pop(key, None)
        return outcome
    if not isinstance(outcome, Refused) or not is_strange(outcome):
        return outcome
    streak = _streaks.get(key)
    if streak is None or streak.code != outcome.code or is_over(streak):
        streak = _streaks[key] = Streak(outcome.code)
    streak.count += 1
    if streak.count < IN_ROW:
        return outcome
    streak.ended_at = streak.ended_at or time.monotonic()
    return ask(outcome)


def is_strange(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.fault == Fault.UNKNOWN and bool(outcome.code)


def is_over(streak: Streak) -> bool:
    return streak.ended_at is not None and time.monotonic() - streak.ended_at > UNDER_WAY_SECONDS


def ask(outcome: Refused) -> Refused:
    why = UNKNOWN_CODES(count=IN_ROW, code=outcome.code).then(outcome.reason)
    return replace(outcome, reason=why, permanent=False, pauses_gateway=True, retry_after=None)
