"""How many messages would follow, asked before anything is written. Rooms above register a forecaster in `ready()`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .models import Order, StageChange


@dataclass
class Forecast:
    """`will_follow` messages, and for the others the number of orders by the reason's code."""

    will_follow: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Forecast") -> None:
        self.will_follow += other.will_follow
        self.reasons.update(other.reasons)


Forecaster = Callable[..., Forecast]
forecasters: list[Forecaster] = []
"""Each gets what `forecast` gets."""


def forecast(changes: Sequence[StageChange], arrivals: Sequence[Order] = (), *, notify: bool = True) -> Forecast:
    """What would follow from unsaved stage changes and from other arrivals.

    Each change has its `order` (maybe unsaved too, with client and location set) and `to_stage`; `arrivals` are known
    orders, each as it would be. `notify` is said of the arrivals, a change says its own.
    """
    total = Forecast()
    for forecaster in forecasters:
        total.add(forecaster(changes, arrivals, notify=notify))
    return total


def register(forecaster: Forecaster) -> Forecaster:
    if forecaster not in forecasters:
        forecasters.append(forecaster)
    return forecaster
