"""Turns at a gateway with a rate: one request leaves in each, over all workers and hosts.

A turn is a piece of time that belongs to one worker alone. The end of the last one taken stands in the gateway's row
(GCRA without a burst), so no second has more requests than the rate and one. What misses its turn goes back to the
queue: to send it late would be to send it in another one's turn.
"""

import datetime
import time

from django.utils import timezone

from messaging.gateways.models import Gateway
from messaging.gateways.pace import Turn, interval, lateness

from .routing import RATE_AHEAD

BLOCK = 0.5  # seconds: so many turns at once, at least one; an order waits no longer for campaign messages taken before
LEAD = 0.02  # seconds from taking turns to the first one, in which the claim is committed
IDLE = datetime.timedelta(minutes=2)


def turns_at_once(gateway: Gateway, leases_now: datetime.datetime, otherwise: int) -> int:
    """How many messages an open gateway may be given at once; `otherwise` when it has no limit."""
    rate = gateway.rate_at(leases_now)
    return max(1, int(BLOCK / interval(rate))) if rate else otherwise


def take_turns(
    gateway: Gateway, count: int, leases_now: datetime.datetime, asked_at: float
) -> list[Turn | None] | None:
    """The next `count` turns; [None, ...] at a gateway without a limit, None when another worker was faster.

    `asked_at`: when `leases_now` was, by the monotonic clock.
    """
    rate = gateway.rate_at(leases_now)
    if not rate:
        return [None] * count
    passed = datetime.timedelta(seconds=time.monotonic() - asked_at + LEAD)
    first = max(gateway.rate_full_at, leases_now + passed) if is_sane(gateway, leases_now) else leases_now + passed
    step = interval(rate)
    untouched = Gateway.objects.filter(pk=gateway.pk, rate_full_at=gateway.rate_full_at)
    taken = untouched.update(
        rate_full_at=first + datetime.timedelta(seconds=count * step), busy_since=busy_since(gateway, leases_now)
    )
    if not taken:
        return None
    begins = asked_at + (first - leases_now).total_seconds()
    starts = [begins + number * step for number in range(count)]
    return [Turn(start, start + lateness(rate)) for start in starts]


def is_sane(gateway: Gateway, leases_now: datetime.datetime) -> bool:
    """Whether its last turn was not taken before the clock was set back."""
    return gateway.rate_full_at <= leases_now + RATE_AHEAD


def busy_since(gateway: Gateway, leases_now: datetime.datetime) -> datetime.datetime:
    """What became due since then waits for its turn only: nothing was down, so it is not too late (decision 18)."""
    is_busy = is_sane(gateway, leases_now) and gateway.rate_full_at > leases_now - IDLE
    now = timezone.now()
    return min(gateway.busy_since, now) if is_busy and gateway.busy_since else now
