"""Reasons that earlier versions kept as English sentences, made into codes with values by data migrations."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ..values.reasons import Reason, in_words, is_declared, stored
from .rewriting import batches


@dataclass(frozen=True)
class Sentence:
    """One sentence of before: all of it fits `pattern`, whose named groups are the values of the reason `code`.

    A group called `why` is another sentence that stood before it: this reason follows from that one.
    """

    pattern: str
    code: str

    def read(self, text: str, others: Sequence["Sentence"]) -> Reason | None:
        found = re.fullmatch(self.pattern, text, re.DOTALL)
        if found is None:
            return None
        values = {name: value for name, value in found.groupdict().items() if value is not None}
        why = values.pop("why", "")
        own = Reason(stored(self.code, values))
        return from_sentence(why, others).then(own) if why else own


def from_sentence(text: str, known: Sequence[Sentence]) -> Reason:
    """The reason that a sentence meant; of one that nobody knows, the words."""
    text = text.strip()
    if is_declared(text.partition(" ")[0]):
        return Reason(text)
    found = (reason for one in known if (reason := one.read(text, known)))
    return next(found, None) or in_words(text)


def into_reasons(rows: QuerySet, field: str, known: Sequence[Sentence]) -> None:
    """Of all rows that have a sentence in this field; may be repeated."""
    for batch in batches(rows.exclude(Q(**{field: ""}) | Q(**{f"{field}__isnull": True}))):
        by_reason: dict[Reason, list[int]] = {}
        for key, kept in batch.values_list("pk", field):
            by_reason.setdefault(from_sentence(kept.text, known), []).append(key)
        for reason, keys in by_reason.items():
            rows.filter(pk__in=keys).update(**{field: reason})


def into_sentences(rows: QuerySet, fields: Iterable[str]) -> None:
    """The way back: what stands there now is kept as an earlier version would read it, 255 characters at most."""
    for field in fields:
        for batch in batches(rows.exclude(**{field: ""})):
            for key, kept in batch.values_list("pk", field):
                rows.filter(pk=key).update(**{field: Reason(str(kept)[:255])})
