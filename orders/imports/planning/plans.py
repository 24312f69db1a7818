"""What is going to happen to one row, its location and its client, decided before anything is written."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model

from locations.values.reasons import Reason
from orders.models import Stage

from ..reading.errors import Fault
from ..reading.reading import Row


class Outcome(StrEnum):
    """What becomes of a row's order."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


def as_stored(name: str, value: Any) -> tuple[str, Any]:
    """Attribute and value of a model's field: of one that names another row, its key."""
    return (f"{name}_id", value.pk) if isinstance(value, Model) else (name, value)


@dataclass(slots=True, eq=False)
class ClientPlan:
    """A client as it will be. `pk` is None for a new one; `changes` are the fields to write on a known one.

    `company` is set on a new one only; a known one has it among its changes. `is_expected`: as of a location.
    """

    pk: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    phone: str = ""
    email: str = ""
    company: "ClientPlan | None" = None
    is_expected: bool = False

    @property
    def key(self) -> int:
        """`pk` of one that is known, or stored by now."""
        assert self.pk is not None
        return self.pk


@dataclass(slots=True, eq=False)
class LocationPlan:
    """A location as it will be. `fields` are those that columns of a file fill, by attribute. `is_expected`: another
    chunk of the same file will have made it by then.
    """

    client_name: str
    address: str
    email: str = ""
    phone: str = ""
    pk: int | None = None
    client: ClientPlan | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    is_expected: bool = False

    @property
    def is_new(self) -> bool:
        return self.pk is None and not self.is_expected

    @property
    def key(self) -> int:
        """`pk` of one that is known, or stored by now."""
        assert self.pk is not None
        return self.pk

    def set_contact(self, name: str, value: str) -> None:
        """`name`: email or phone."""
        setattr(self, name, value)
        self.changes[name] = value

    def set_field(self, name: str, value: Any) -> None:
        known = self.fields.get(name)
        if known == value or (self.is_expected and known == str(value)):  # of those to come the text alone is kept
            return
        self.fields[name] = self.changes[name] = value


@dataclass(slots=True, eq=False)
class Verdict:
    """One row's fate. `changes` are the order's fields by name: all that the file gives for a new order, only what
    differs for a known one; `old` has the values that they replace. `said`: what the file has said of the order by now,
    when that is news. Only a refused row has no client and no location.
    """

    row: Row
    outcome: Outcome
    faults: list[Fault] = field(default_factory=list)
    order_id: int | None = None
    number: str = ""
    client: ClientPlan | None = None
    location: LocationPlan | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)
    stage: Stage | None = None
    notes: list[Reason] = field(default_factory=list)
    said: dict[str, Any] | None = None

    @property
    def whose(self) -> ClientPlan:
        """The client of a row that was not refused."""
        assert self.client is not None
        return self.client

    @property
    def where(self) -> LocationPlan:
        """The location of a row that was not refused."""
        assert self.location is not None
        return self.location

    @property
    def is_restless(self) -> bool:
        """Whether robots hear of it: the known order moves, or its arrival does."""
        return self.stage is not None or "planned_arrival" in self.changes


@dataclass(slots=True)
class Plan:
    """The verdicts on some rows, and the locations and clients they will make or change, each once."""

    verdicts: list[Verdict]
    locations: list[LocationPlan]
    clients: list[ClientPlan]
    companies: list[ClientPlan]

    def of(self, outcome: Outcome) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.outcome is outcome]

    @property
    def new_locations(self) -> list[LocationPlan]:
        return [location for location in self.locations if location.is_new]

    @property
    def changed_locations(self) -> list[LocationPlan]:
        return [location for location in self.locations if not location.is_new and location.changes]

    @property
    def new_clients(self) -> list[ClientPlan]:
        return [client for client in self.clients if client.pk is None and not client.is_expected]
