"""The placeholders a text may have. A new one is one decorated function, in any app's `placeholders.py`.

The function gets a context: {"order", "client", "location", "department", "company", "language", "time_zone"} of loaded
objects (more for campaigns and bonuses), and returns the words to put in, "" if there are none. It never queries.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.values.languages import Language, spoken

from .models import TemplateUse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Context = Mapping[str, Any]
Words = Callable[[Context], str]
_ALIKE = str.maketrans("авекмнорстухиі", "abekmhopctyxii")  # Cyrillic, and the Latin it is taken for


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
    """One placeholder. `sample_in`: example words in a language; `synonyms`: spellings of other products.

    `also_called`: what people and other products call it; never filled, only told what to write instead.
    """

    identifier: str
    label: "StrOrPromise"
    group: Group
    uses: frozenset[TemplateUse]
    sample_in: Callable[[Language], str]
    synonyms: tuple[str, ...]
    words: Words
    also_called: tuple[str, ...] = ()

    @property
    def canonical(self) -> str:
        return f"{{{self.identifier}}}"

    def sample(self, language: str) -> str:
        return self.sample_in(spoken(language))


EVERY_USE = frozenset(TemplateUse)
registry: dict[str, Placeholder] = {}
synonyms: dict[str, Placeholder] = {}


def placeholder(
    *,
    label: "StrOrPromise",
    group: Group,
    uses: Iterable[TemplateUse],
    sample: str | Callable[[Language], str],
    synonyms: Iterable[str] = (),
    also_called: str = "",
) -> Callable[[Words], Words]:
    """Register the decorated function under its own name. `also_called`: names separated by commas.

    `sample`: in English, if it is a text; languages may have their own in their `language.toml`.
    """

    def add(words: Words) -> Words:
        def own(language: Language) -> str:
            return sample(language) if callable(sample) else language.samples.get(words.__name__, sample)

        others = tuple(filter(None, map(str.strip, also_called.split(","))))
        register(Placeholder(words.__name__, label, group, frozenset(uses), own, tuple(synonyms), words, others))
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


def skeleton(name: str) -> str:
    """Alike for what looks alike: without capitals, blanks and signs, Cyrillic letters as their Latin doubles."""
    return re.sub(r"[\W_]", "", name.lower()).translate(_ALIKE)


def names_for(use: str, with_other_names: bool = True) -> dict[str, Placeholder]:
    """Placeholders by the skeletons of what they are called; our own names go before those of others."""
    known = allowed_in(use)
    others = {skeleton(said): one for one in known for said in one.also_called} if with_other_names else {}
    return others | {skeleton(said): one for one in known for said in (one.identifier, *one.synonyms)}


def nearest(name: str, use: str) -> Placeholder | None:
    """The placeholder that was probably meant by a name that is not known for this use."""
    names = names_for(use)
    for said in (name, *reversed(re.split(r"[.:]", name))):  # `order.id`: as a whole, then by its last part
        if one := names.get(skeleton(said)):
            return one
    close = difflib.get_close_matches(skeleton(name), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None
