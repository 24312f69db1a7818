"""What the list shows: filters as they stand in the page's address, combined freely (D25-D29)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import models
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from locations.models import DeliveryZone

from ..models import Conversation, ConversationState, Line
from .decorators import number


class Who(models.TextChoices):
    """Whose messages."""

    USERS = "users", _("Clients")
    SYSTEM = "system", _("System")


class Assigned(models.TextChoices):
    ME = "me", _("Mine")
    NOBODY = "nobody", _("Assigned to nobody")
    SOMEBODY = "somebody", _("Assigned to somebody")


@dataclass(frozen=True)
class Chip:
    """One filter that is on: its words, and the list without it."""

    name: str
    query: str


@dataclass(frozen=True)
class Filters:
    """The defaults are the list one begins the day with: open conversations of all."""

    q: str = ""
    unread: str = ""
    who: str = ""
    assigned: str = ""
    state: str = ""
    zone: int = 0
    line: int = 0

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """What is not understood is as if it were not there."""
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:200],
            unread="1" if query.get("unread") == "1" else "",
            who=_one_of(Who, query.get("who")),
            assigned=_one_of(Assigned, query.get("assigned")),
            state=_one_of(ConversationState, query.get("state")),
            zone=number(query.get("zone")),
            line=number(query.get("line")),
        )

    def query(self, **changes: Any) -> str:
        """For an address; what is at its default is left out."""
        return urlencode({name: value for name, value in asdict(replace(self, **changes)).items() if value})

    def toggled(self, name: str, value: str) -> str:
        """The list with this filter switched; a search is left by it."""
        return replace(self, q="").query(**{name: "" if getattr(self, name) == value else value})

    def narrow(self, rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
        rows = rows.filter(state=self.state or ConversationState.OPEN)
        if self.unread:
            rows = rows.filter(is_unread=True)
        if self.who == Who.SYSTEM:  # there is one; a condition would make the database look through all to find it
            rows = rows.filter(pk__in=list(Conversation.objects.filter(is_system=True).values_list("pk", flat=True)))
        elif self.who:
            rows = rows.filter(is_system=False)
        if self.assigned == Assigned.ME:
            rows = rows.filter(assignee=user)
        elif self.assigned:
            rows = rows.filter(assignee__isnull=self.assigned == Assigned.NOBODY)
        if self.zone:
            rows = rows.filter(zone=self.zone)
        return rows.filter(line=self.line) if self.line else rows

    def chips(self) -> list[Chip]:
        """What is on, each with the list without it; zones and lines are asked for only when one is chosen."""
        return [Chip(words, self.query(**{name: ""})) for name, words in self._on()]

    def narrowed(self) -> list[Chip]:
        """What is on and is no switch above the list."""
        switches = {"unread", "who"} | ({"assigned"} if self.assigned == Assigned.ME else set())
        return [Chip(words, self.query(**{name: ""})) for name, words in self._on() if name not in switches]

    def _on(self) -> Iterator[tuple[str, str]]:
        if self.unread:
            yield "unread", str(_("Unread"))
        if self.who:
            yield "who", str(Who(self.who).label)
        if self.assigned:
            yield "assigned", str(Assigned(self.assigned).label)
        if self.state:
            yield "state", str(ConversationState(self.state).label).capitalize()
        if self.zone:
            yield "zone", _name_of(DeliveryZone, self.zone)
        if self.line:
            yield "line", _name_of(Line, self.line)

    @property
    def is_on(self) -> bool:
        return replace(self, q="") != Filters()


def _one_of(choices: type[models.TextChoices], value: str | None) -> str:
    return value if value in choices.values else ""


def _name_of(model: type[models.Model], pk: int) -> str:
    found = model._default_manager.filter(pk=pk).values_list("name", flat=True).first()
    return found or str(_("gone"))
