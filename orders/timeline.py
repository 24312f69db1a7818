"""An order's one time line. Rooms above add their entries by registering a source in their `ready()`."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from .models import Order

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Entry:
    """One line: what happened or will happen, when, and why.

    `tone` is the colour of the badge: grey, blue, green, amber or red. `badge` is its word. `is_future` puts the entry
    above "now". `remedy`: what to do about it. `needs`: the permission without which nobody sees the entry;
    `text_needs`: that for its text and link.
    """

    at: datetime.datetime
    title: str
    detail: str = ""
    remedy: str = ""
    badge: "StrOrPromise" = ""
    tone: str = "grey"
    url: str = ""
    text: str = ""
    is_future: bool = False
    needs: str = ""
    text_needs: str = ""


Source = Callable[[Order], Iterable[Entry]]
sources: list[Source] = []


def register(source: Source) -> Source:
    if source not in sources:
        sources.append(source)
    return source


def timeline(order: Order, user: User) -> list[Entry]:
    """All entries that the user may see, the furthest future first, the oldest last."""
    entries = [shown for source in sources for entry in source(order) if (shown := _shown_to(user, entry))]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _shown_to(user: User, entry: Entry) -> Entry | None:
    """As this user may see it; None when there is nothing for them to see."""
    if entry.needs and not user.has_perm(entry.needs):
        return None
    is_silent = entry.text_needs and not user.has_perm(entry.text_needs)
    return replace(entry, text="", url="") if is_silent else entry


@register
def stage_changes(order: Order) -> Iterable[Entry]:
    for change in order.stage_changes.select_related("from_stage", "to_stage", "by"):
        how = change.get_cause_display()
        who = f"{how}, {change.by.get_username()}" if change.by else how
        yield Entry(
            at=change.at,
            title=str(change.to_stage) if change.from_stage is None else f"{change.from_stage} → {change.to_stage}",
            detail=who if change.notify else f"{who}. {_('The customer was not to be told about this move.')}",
            badge=str(change.to_stage),
        )
