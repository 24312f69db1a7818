"""The events that are there, by their keys, as the model of a robot needs them; `robot_event` fills it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class KnownEvent(Protocol):
    key: ClassVar[str]
    label: ClassVar["StrOrPromise"]
    position: ClassVar[int]

    def problems(self, robot: Any) -> Mapping[str, "StrOrPromise"]: ...


events: dict[str, KnownEvent] = {}


def in_order() -> list[KnownEvent]:
    return sorted(events.values(), key=lambda event: event.position)


def event_options() -> list[tuple[str, "StrOrPromise"]]:
    return [(event.key, event.label) for event in in_order()]
