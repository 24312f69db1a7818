"""Reasons: why something is as it is, kept as a code with values and worded for whoever reads it, in their language.

A room declares its kinds of reasons in its module `reasons`, each with its sentence, whose fault it is and what to do
about it. The code is what lists are filtered and charts are grouped by. What a person typed or a provider said in its
own words is a value.
"""

import datetime
import enum
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .days import dated

LONGEST_VALUE = 500  # characters of somebody's own words
FOLLOWS = "+"  # the key, beside the values, of the facts that follow


class Fault(enum.StrEnum):
    """Whose fault a failure is."""

    RECIPIENT = "recipient"
    PROVIDER = "provider"
    US = "us"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Format:
    """How a value is kept (as JSON) and shown to the reader. `sample`: one as the program gives it."""

    sample: Any
    keep: Callable[[Any], Any]
    show: Callable[[Any], str]


@dataclass(frozen=True)
class Reason:
    """One reason, as it is stored: `text` is "", or a code, or a code with its values as JSON. As a string: sentences.

    Two reasons with the same code and values are equal.
    """

    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return " ".join(kind_of(code).word(values) for code, values in self.facts)

    @property
    def code(self) -> str:
        return self.text.partition(" ")[0]

    @property
    def values(self) -> dict[str, Any]:
        """Of the first fact, as they are kept."""
        return next((values for _code, values in self.facts), {})

    @property
    def facts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(code, values) of the reason itself and of what follows from it."""
        if not self.text:
            return
        code, _space, kept = self.text.partition(" ")
        values = json.loads(kept) if kept else {}
        following = values.pop(FOLLOWS, [])
        yield code, values
        yield from map(tuple, following)

    @property
    def title(self) -> str:
        """What is common to all reasons of this code, in a sentence."""
        return str(kind_of(self.code).title) if self.text else ""

    @property
    def remedy(self) -> str:
        """What to do about it, in a sentence; "" when there is nothing to be done."""
        return str(kind_of(self.code).remedy) if self.text else ""

    def then(self, following: "Reason") -> "Reason":
        """This reason, and what follows from it; the code stays this one's."""
        if not (self and following):
            return self or following
        (code, values), *others = [*self.facts, *following.facts]
        return Reason(stored(code, {**values, FOLLOWS: others}))


NONE = Reason()


def stored(code: str, values: Mapping[str, Any]) -> str:
    """The text by which a reason is kept; always the same for the same values."""
    return f"{code} {json.dumps(values, ensure_ascii=False, sort_keys=True)}" if values else code


@dataclass(frozen=True)
class ReasonKind:
    """All reasons of one code. Called with a value for each of its formats it gives a reason.

    `title` is a sentence without values, for charts and filters; `sentence` has %(name)s for each format.
    """

    code: str
    title: str | Promise
    sentence: str | Promise
    fault: Fault | None = None
    remedy: str | Promise = ""
    formats: Mapping[str, Format] = field(default_factory=dict)

    def __call__(self, **values: Any) -> Reason:
        if values.keys() != self.formats.keys():
            raise TypeError(f"{self.code} takes {sorted(self.formats)}, not {sorted(values)}")
        return Reason(stored(self.code, {name: self.formats[name].keep(value) for name, value in values.items()}))

    def word(self, values: Mapping[str, Any]) -> str:
        """The sentence for kept values."""
        shown = {name: one.show(values[name]) if name in values else "?" for name, one in self.formats.items()}
        return str(self.sentence) % shown if shown else str(self.sentence)

    @property
    def sample(self) -> Reason:
        return self(**{name: one.sample for name, one in self.formats.items()})


_kinds: dict[str, ReasonKind] = {}


def declare(
    room: str,
    code: str,
    title: str | Promise,
    sentence: str | Promise = "",
    /,
    *,
    fault: Fault | None = None,
    remedy: str | Promise = "",
    **formats: Format,
) -> ReasonKind:
    """Make a kind of reasons known. `sentence`: if it says more than the title, with the values."""
    kind = ReasonKind(f"{room}.{code}", title, sentence or title, fault, remedy, formats)
    if kind.code in _kinds:
        raise TypeError(f"two kinds of reasons are called {kind.code}")
    _kinds[kind.code] = kind
    return kind


def reasons_of(room: str) -> Callable[..., ReasonKind]:
    """`declare` for one room."""
    return partial(declare, room)


def kind_of(code: str) -> ReasonKind:
    """The kind with that code; of a code that nobody declares any more, one that shows the code."""
    return _kinds.get(code) or ReasonKind(code, code, code)


def is_declared(code: str) -> bool:
    return code in _kinds


def all_kinds() -> list[ReasonKind]:
    return list(_kinds.values())


def fitting(value: Any) -> str:
    """Words as they are kept: cut, and without what a database does not take."""
    text = str(value).replace("\0", "")
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def kept_moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).isoformat()


def shown_moment(kept: str, clock: str = "%H:%M") -> str:
    """The time of day where the reader is; with its day, unless that is today.

    What an earlier version kept as a time of day stays as it is.
    """
    if "T" not in kept:
        return kept
    there = timezone.localtime(datetime.datetime.fromisoformat(kept))
    time = f"{there:{clock}}"
    here = timezone.localtime()
    if there.date() == here.date():
        return time
    return f"{dated(there, 'j M' if there.year == here.year else 'j M Y')} {time}"


def shown_day(kept: str) -> str:
    if "T" not in kept:
        return kept
    return dated(timezone.localtime(datetime.datetime.fromisoformat(kept)), "j M Y")


_SAMPLE = datetime.datetime(2026, 3, 1, 13, 30, tzinfo=datetime.UTC)
WORDS = Format("Anna", fitting, str)
NUMBER = Format(5, int, str)
MOMENT = Format(_SAMPLE, kept_moment, shown_moment)
SECOND = Format(_SAMPLE, kept_moment, partial(shown_moment, clock="%H:%M:%S"))
DAY = Format(_SAMPLE, kept_moment, shown_day)


def choice(kinds: type[TextChoices]) -> Format:
    """A member of an enumeration, shown by its label."""

    def label(kept: str) -> str:
        return str(kinds(kept).label) if kept in kinds.values else kept

    return Format(kinds.values[0], str, label)


def _nested(reason: Reason) -> str:
    return reason.text


REASON = Format(NONE, _nested, lambda kept: str(Reason(kept)))
"""Another reason, shown by its sentence."""

IN_WORDS = declare("told", "words", _("Said in words."), "%(text)s", text=WORDS)
"""What somebody said in words of their own, or an earlier version of this program kept as a sentence."""


def in_words(text: object) -> Reason:
    """Somebody's own words as a reason; none if there are none."""
    words = fitting(text).strip()
    return IN_WORDS(text=words) if words else NONE
