"""Reasons that earlier versions kept as English sentences, made into codes with values by data migrations."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from django.db.models import Q, QuerySet
from django.utils.translation import override

from ..values.reasons import REASON, Reason, ReasonKind, all_kinds, in_words, is_declared, kind_of, stored
from .rewriting import batches

VALUE = re.compile(r"%\((\w+)\)s")
FEWEST_LETTERS = 10


@dataclass(frozen=True)
class Sentence:
    """One sentence of before: all of it fits `pattern`, whose named groups are the values of the reason `code`.

    A group called `why` is another sentence that stood before it: this reason follows from that one. A group called
    `following` is one that stood after it, and follows from this. A value that is a reason is read as a sentence.
    """

    pattern: str
    code: str

    def read(self, text: str, others: Sequence["Sentence"]) -> Reason | None:
        found = re.fullmatch(self.pattern, text, re.DOTALL)
        if found is None:
            return None
        values = {name: value for name, value in found.groupdict().items() if value is not None}
        why, following = values.pop("why", ""), values.pop("following", "")
        formats = kind_of(self.code).formats
        for name in values:
            if formats.get(name) is REASON:
                values[name] = from_sentence(values[name], others).text
        own = Reason(stored(self.code, values)).then(from_sentence(following, others))
        return from_sentence(why, others).then(own)


def declared_sentences(*rooms: str) -> list[Sentence]:
    """What the reasons of today say in English, each of their values being whatever stood there.

    For sentences that stayed as they were: a table of error codes need not be written down twice. Those of these
    `rooms` come first, for where two say the same; of the others those without values, which are surer.
    """
    with override("en"):
        found = [Sentence(as_pattern(str(kind.sentence)), kind.code) for kind in all_kinds() if says_enough(kind)]
    return sorted(found, key=lambda one: (one.code.partition(".")[0] not in rooms, one.pattern.count("(?P<")))


def says_enough(kind: ReasonKind) -> bool:
    """Whether its sentence is told from others by its own words."""
    own_words = VALUE.sub("", str(kind.sentence))
    return len(own_words) >= FEWEST_LETTERS and REASON not in kind.formats.values()


def as_pattern(sentence: str) -> str:
    parts = VALUE.split(sentence)  # words, name, words, name, words
    return "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))


def from_sentence(text: str, known: Sequence[Sentence]) -> Reason:
    """The reason that a sentence meant; of one that nobody knows, the words."""
    text = text.strip()
    if is_declared(text.partition(" ")[0]):
        return Reason(text)
    found = (reason for one in known if (reason := one.read(text, known)))
    return next(found, None) or in_words(text)


def into_reasons(rows: QuerySet, field: str, known: Sequence[Sentence]) -> None:
    """Of all rows that have a sentence in this field; may be repeated."""
    read = lru_cache(maxsize=10_000)(partial(from_sentence, known=known))
    for batch in batches(rows.exclude(Q(**{field: ""}) | Q(**{f"{field}__isnull": True}))):
        by_reason: dict[Reason, list[int]] = {}
        for key, kept in batch.values_list("pk", field):
            by_reason.setdefault(read(kept.text), []).append(key)
        for reason, keys in by_reason.items():
            rows.filter(pk__in=keys).update(**{field: reason})


def into_sentences(rows: QuerySet, fields: Iterable[str]) -> None:
    """The way back: what stands there now is kept as an earlier version would read it, 255 characters at most."""
    for field in fields:
        for batch in batches(rows.exclude(**{field: ""})):
            for key, kept in batch.values_list("pk", field):
                rows.filter(pk=key).update(**{field: Reason(str(kept)[:255])})
