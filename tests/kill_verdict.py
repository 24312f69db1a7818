"""What the kill harness found."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """What the judge found; `in_doubt` are also counted as arrived or not."""

    kills: Counter = field(default_factory=Counter)
    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    doubt_arrived: int = 0
    still_waiting: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        return (
            f"kills {sum(self.kills.values())} ({kinds}), messages {self.messages}, duplicates {self.duplicates}, "
            f"lost {self.lost}, in doubt {self.in_doubt} ({self.doubt_arrived} of them had arrived), "
            f"still waiting {self.still_waiting}"
        )

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.still_waiting or self.wrong)
