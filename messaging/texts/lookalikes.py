"""What only looks like a placeholder: pasted with other brackets or capitals, it would reach customers as is."""

import itertools
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .parsing import Plain, Slot, Token, tokens_of
from .placeholders import Placeholder, allowed_in, nearest

_NAME = r"[^\W\d_][\w.\- ]{1,39}"
_FORMS = [
    rf"&lt;&lt;(?P<escaped>{_NAME})&gt;&gt;",
    rf"«{{1,2}}(?P<quoted>{_NAME})»{{1,2}}",
    rf"‹{{1,2}}(?P<pointed>{_NAME})›{{1,2}}",
    rf"<{{1,2}}(?P<angled>{_NAME})>{{1,2}}",
    rf"\{{\{{\s*(?P<doubled>{_NAME})\}}\}}",
    rf"\[(?P<square>{_NAME})\]",
    rf"%(?P<percent>{_NAME})%",
    rf"#(?P<hash>{_NAME})#",
    r"\$(?P<dollar>[^\W\d_]\w{1,39})",
    r"(?P<half>[^\W\d_]\w{1,39})\}",
    r":(?P<blank> ?)(?P<colons>[^\W\d_][\w. ]{0,19}?)(?P=blank):",
]
_LOOKALIKES = re.compile("|".join(_FORMS))
_SLOT = "\0"  # a placeholder's place
_ALIKE = str.maketrans("авекмнорстухиі", "abekmhopctyxii")  # Cyrillic, and the Latin it is taken for


def warnings(body: str, use: str) -> list[str]:
    """A sentence for each, with what was probably meant. They forbid nothing: it may be meant as it stands."""
    tokens = tokens_of(body)
    words = "".join(token.written if isinstance(token, Plain) else _SLOT for token in tokens)
    known = {_skeleton(spelling): one for one in allowed_in(use) for spelling in (one.identifier, *one.synonyms)}
    pairs = [*_with_dollar(tokens), *_lookalikes(words, use, known)]
    sentence = _("“%(written)s” is sent to the customer as it stands. Did you mean %(meant)s?")
    return list(dict.fromkeys(sentence % {"written": written, "meant": meant} for written, meant in pairs))


def _with_dollar(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """`${name}`: the dollar would stay before the words."""
    for before, slot in itertools.pairwise(tokens):
        if isinstance(slot, Slot) and slot.known and isinstance(before, Plain) and before.text.endswith("$"):
            yield f"${slot.written}", slot.canonical


def _lookalikes(words: str, use: str, known: dict[str, Placeholder]) -> Iterator[tuple[str, str]]:
    position = 0
    while match := _LOOKALIKES.search(words, position):
        name = next(said for kind, said in match.groupdict().items() if kind != "blank" and said)
        meant = " ".join(one.canonical for one in _meant(name, use, known))
        if meant:
            yield match[0], meant
        position = match.end() if meant else match.start() + 1


def _meant(name: str, use: str, known: dict[str, Placeholder]) -> list[Placeholder]:
    """The placeholder of this name, however it is written; those of its parts (`И.О.`); a code's nearest."""
    if one := known.get(_skeleton(name)):
        return [one]
    parts = [known.get(_skeleton(part)) for part in name.split(".") if part.strip()]
    if len(parts) > 1 and all(parts):
        return [one for one in parts if one]
    near = nearest(name, use) if "_" in name else None
    return [near] if near else []


def _skeleton(name: str) -> str:
    """Alike for what looks alike: without capitals, blanks and signs, Cyrillic letters as their Latin doubles."""
    return re.sub(r"[\W_]", "", name.lower()).translate(_ALIKE)
