"""What the editor shows under a text while it is typed: its size, its faults, and how the customer would read it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Channel

from .lookalikes import warnings
from .rendering import problems, render_sample
from .sms import Encoding, SmsSize, measure, split

INVISIBLE = {
    "\t": gettext_lazy("tab"),
    "\f": gettext_lazy("form feed"),
    "\u00a0": gettext_lazy("no-break space"),
    "\u200b": gettext_lazy("zero-width space"),
}
Run = tuple[str, bool]
"""Words, and whether they are made of characters that make the text dearer."""


@dataclass
class Preview:
    """One text filled with sample values. `parts`: what each SMS part carries; `limit`: characters as written."""

    channel: str
    language: str
    subject: str = ""
    body: str = ""
    size: SmsSize | None = None
    parts: list[list[Run]] = field(default_factory=list)
    characters: int = 0
    limit: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_letter(self) -> bool:
        return Channel(self.channel).traits.has_subject

    @property
    def is_too_long(self) -> bool:
        return bool(self.limit) and self.characters > self.limit

    @property
    def offenders(self) -> str:
        """The characters that make it dearer, as words."""
        return (
            " ".join(str(INVISIBLE.get(character, character)) for character in self.size.offenders) if self.size else ""
        )

    @property
    def why_dearer(self) -> str:
        if self.size is None or not self.offenders:
            return ""
        if self.size.encoding is Encoding.UCS2:
            return _("Outside the GSM alphabet, so a part holds 70 characters instead of 160:")
        return _("These count twice:")


def preview(channel: str, language: str, use: str, subject: str, body: str, limit: int) -> Preview:
    """Fill a text as written with sample values; `limit` is the most characters an SMS may have as written."""
    filled = render_sample(body, language)
    shown = Preview(channel, language, render_sample(subject, language), filled)
    shown.problems = list(dict.fromkeys([*problems(subject, use), *problems(body, use)]))
    shown.warnings = list(dict.fromkeys([*warnings(subject, use), *warnings(body, use)]))
    if Channel(channel).traits.has_parts:
        shown.characters, shown.limit = len(body), limit
        shown.size = measure(filled)
        pieces = split(filled, shown.size.encoding) if shown.size.parts > 1 else [filled]
        shown.parts = [runs_of(piece, shown.size.offenders) for piece in pieces]
    return shown


def runs_of(text: str, offenders: tuple[str, ...]) -> list[Run]:
    """The text cut where dear characters begin and end."""
    runs: list[Run] = []
    for character in text:
        is_dear = character in offenders
        if runs and runs[-1][1] is is_dear:
            runs[-1] = (runs[-1][0] + character, is_dear)
        else:
            runs.append((character, is_dear))
    return runs
