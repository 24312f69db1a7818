"""What the kill harness found."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """What the judge found. `ever_in_doubt`: before the provider was asked, `in_doubt`: after that, of which
    `doubt_arrived` had arrived and about `unasked` it would still be asked. `late`, `busy`: the provider's answers.
    """

    kills: Counter = field(default_factory=Counter)
    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    late: int = 0
    busy: int = 0
    ever_in_doubt: int = 0
    in_doubt: int = 0
    doubt_arrived: int = 0
    unasked: int = 0
    still_waiting: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        return (
            f"kills {sum(self.kills.values())} ({kinds}), messages {self.messages}, answers late {self.late}, "
            f"told to slow down {self.busy}, duplicates {self.duplicates}, lost {self.lost}, in doubt before look-ups "
            f"{self.ever_in_doubt}, after them {self.in_doubt} ({self.doubt_arrived} of them had arrived), "
            f"still waiting {self.still_waiting + self.unasked}"
        )

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.still_waiting or self.unasked or self.wrong)
