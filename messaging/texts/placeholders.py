"""The placeholders a text may have. A new one is one decorated function, in any app's `placeholders.py`.

The function gets a context: {"order", "client", "location", "department", "account", "language", "time_zone"} of loaded
objects (more for campaigns and bonuses), and returns the words to put in, "" if there are none. It never queries.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

from .models import TemplateUse

Context = Mapping[str, Any]
Words = Callable[[Context], str]


class Group(models.TextChoices):
    """How the palette sorts placeholders."""

    ORDER = "order", _("Order")
    DELIVERY = "delivery", _("Delivery")
    CLIENT = "client", _("Client")
    COMPANY = "company", _("Company")
    BONUS = "bonus", _("Bonus points")
    CAMPAIGN = "campaign", _("Campaign")


@dataclass(frozen=True)
class Placeholder:
    """One placeholder. `samples`: example words by language, "en" at least; `synonyms`: spellings of other products."""

    identifier: str
    label: str
    group: Group
    uses: frozenset[TemplateUse]
    samples: Mapping[str, str]
    synonyms: tuple[str, ...]
    words: Words

    @property
    def canonical(self) -> str:
        return f"{{{self.identifier}}}"

    def sample(self, language: str) -> str:
        return self.samples.get(language, self.samples["en"])


EVERY_USE = frozenset(TemplateUse)
registry: dict[str, Placeholder] = {}
synonyms: dict[str, Placeholder] = {}


def placeholder(
    *,
    label: str,
    group: Group,
    uses: Iterable[TemplateUse],
    sample: str | Mapping[str, str],
    synonyms: Iterable[str] = (),
) -> Callable[[Words], Words]:
    """Register the decorated function under its own name."""

    def add(words: Words) -> Words:
        samples = {"en": sample} if isinstance(sample, str) else sample
        register(Placeholder(words.__name__, label, group, frozenset(uses), samples, tuple(synonyms), words))
        return words

    return add


def register(new: Placeholder) -> None:
    """Raises ImproperlyConfigured when the name or a synonym is taken."""
    taken = {new.identifier, *new.synonyms} & {*registry, *synonyms}
    if taken:
        raise ImproperlyConfigured(f"Already a placeholder: {', '.join(sorted(taken))}.")
    registry[new.identifier] = new
    synonyms.update(dict.fromkeys(new.synonyms, new))


def allowed_in(use: str) -> list[Placeholder]:
    """What a template of this use may have, by group, in the order of registration."""
    order = list(Group)
    return sorted(
        (known for known in registry.values() if use in known.uses), key=lambda known: order.index(known.group)
    )


def nearest(name: str, use: str) -> Placeholder | None:
    """The placeholder that was probably meant by a name that is not known for this use."""
    spellings = {
        spelling.strip("<>:").lower(): known
        for known in allowed_in(use)
        for spelling in (known.identifier, *known.synonyms)
    }
    wanted = name.strip("<>:{} ").lower().replace(" ", "_").replace("-", "_")
    close = difflib.get_close_matches(wanted, spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None
