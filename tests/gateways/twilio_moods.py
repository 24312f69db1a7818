"""The local Twilio's moods: now and then it answers late, or asks to slow down."""

import random
import time
from dataclasses import dataclass, field


@dataclass
class Moods:
    """`late_share` of the requests to create a message are taken, but answered `late_seconds` later; every other one of
    those is taken only then. `busy_share` get 429 and are not taken; neither is what comes after the first `per_second`
    in any second. Counts how often each happened.
    """

    late_share: float = 0
    late_seconds: float = 3
    busy_share: float = 0
    per_second: int = 0  # 0: as many as come
    seed: int = 1
    late: int = 0
    busy: int = 0
    taken_at: list[float] = field(default_factory=list)  # time.monotonic() of each message that was taken
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def is_busy(self) -> bool:
        is_busy = self.is_full() or self.chance.random() < self.busy_share
        self.busy += is_busy
        return is_busy

    def is_full(self) -> bool:
        latest = self.taken_at[-self.per_second :] if self.per_second else []
        return bool(latest) and len(latest) == self.per_second and time.monotonic() - latest[0] < 1

    def delays(self) -> tuple[float, float]:
        """Seconds before it is taken, and between that and the answer."""
        if self.chance.random() >= self.late_share:
            return 0, 0
        self.late += 1
        return (self.late_seconds, 0) if self.late % 2 else (0, self.late_seconds)
