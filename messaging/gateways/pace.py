"""How fast a gateway may be given messages, once its provider has asked to slow down.

The pace drops at once and comes back by itself, as CUBIC does it for whole networks (RFC 9438): first quickly, then
carefully around what was too much the last time, then faster and faster. It is worked out from two columns, so that
coming back writes nothing.
"""

from dataclasses import dataclass

SLOWED_TO = 0.7  # of what the provider took when it asked to slow down
SPAN = 60  # seconds; after 40 of them it is back where it was, after 100 at the double
LEAST = 0.1  # messages per second
MOST = 1000  # messages per second; from there on it is as if nobody had ever asked
ON_THE_WAY = 0.03  # seconds: by so much requests come closer to each other on a busy machine and in the network
SHORTEST = 0.01  # seconds: what a busy machine can keep to
LONGEST = 0.2  # seconds: later than so, a message of a slow gateway would come too close to the next one
CLOCK_BACK = 4000  # seconds, more than any wait; a pace that begins later was learnt before the clock was set


def pace_after(took: float, seconds: float) -> float | None:
    """Messages per second, so many seconds after the provider, which took `took` a second, asked to slow down.

    None: as fast as it takes them.
    """
    if seconds < -CLOCK_BACK:
        return None
    back_after = SPAN * (1 - SLOWED_TO) ** (1 / 3)
    pace = took * (1 + ((max(seconds, 0) - back_after) / SPAN) ** 3)
    return pace if pace < MOST else None


def pace_when_told(before: float | None, accepted: int) -> float:
    """What the provider takes in a second, now that it asks to slow down.

    `before`: the pace so far, if there was any; `accepted`: how many it took during the last second.
    """
    if before is None:
        return max(float(accepted), LEAST * 10)
    return max(min(max(float(accepted), before / 2), before), LEAST)


def in_figures(pace: float) -> str:
    """`9`, or `0.35` where it is slow."""
    return f"{pace:.0f}" if pace >= 2 else f"{pace:.2g}"


@dataclass(frozen=True)
class Turn:
    """When a request may leave, by the monotonic clock."""

    starts: float
    ends: float


def lateness(rate: float) -> float:
    """Seconds from a turn's start in which its request may still leave."""
    return min(max(1 / rate, SHORTEST), LONGEST)


def interval(rate: float) -> float:
    """Seconds from turn to turn, so that even with late ones no second has more than the rate and one."""
    return max(1 / rate, (1 + lateness(rate) + ON_THE_WAY) / (rate + 1))
