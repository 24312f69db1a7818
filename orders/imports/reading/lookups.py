"""What the cells of a row may name, loaded once for many rows: departments, zones, stages, the company's own habits."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self, TypeVar

from locations.models import Company, DeliveryZone, Department
from locations.values.reasons import Reason, ReasonKind
from locations.values.spelling import tidy
from orders.models import Stage

from .. import reasons
from .errors import CellRefused

Named = TypeVar("Named", Department, DeliveryZone, Stage)
MOST_NAMED = 12  # names listed in a sentence


@dataclass
class Lookups:
    """Found by name without regard to case. `places` holds the company's own place under None; `cleaned` remembers
    by column the readings of cells that repeat, `known_phones` are numbers that need not be parsed again, `remarks` are
    what readers say on cells of the row that is being read.
    """

    departments: dict[str, Department]
    zones: dict[str, DeliveryZone]
    stages: dict[str, Stage]
    places: dict[int | None, "Place"] = field(default_factory=dict)
    cleaned: dict[str, dict[str, object]] = field(default_factory=lambda: defaultdict(dict))
    known_phones: set[str] = field(default_factory=set)
    remarks: list[Reason] = field(default_factory=list)

    @classmethod
    def load(cls) -> Self:
        """Four queries."""
        departments = list(Department.objects.all())
        lookups = cls(_by_name(departments), _by_name(DeliveryZone.objects.all()), _by_name(Stage.objects.all()))
        company = Company.current()
        for department in [None, *departments]:
            lookups.places[department.pk if department else None] = Place(
                country=(department and department.country) or company.country,
                time_zone=zoneinfo.ZoneInfo((department and department.time_zone) or company.time_zone),
                currency=(department and department.currency) or company.currency,
                lookups=lookups,
            )
        return lookups

    def place(self, department: Department | None) -> "Place":
        return self.places[department.pk if department else None]


@dataclass(frozen=True)
class Place:
    """Where a row's order belongs, and so how its phones, times and amounts are meant."""

    country: str
    time_zone: zoneinfo.ZoneInfo
    currency: str
    lookups: Lookups


def find(known: dict[str, Named], name: str, otherwise: ReasonKind) -> Named:
    """The one so named. Raises CellRefused with `otherwise`, with the name, and the names there are."""
    found = known.get(name.casefold())
    if found is not None:
        return found
    names = [str(one) for one in known.values()]
    listed = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    others = reasons.THERE_ARE(names=listed) if names else reasons.NONE_SET_UP()
    raise CellRefused(otherwise(name=name).then(others))


def _by_name(rows: Iterable[Named]) -> dict[str, Named]:
    return {tidy(row.name).casefold(): row for row in rows}
