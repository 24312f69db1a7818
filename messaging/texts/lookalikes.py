"""What only looks like a placeholder: pasted with other brackets or capitals, it would reach customers as is."""

import itertools
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .parsing import Plain, Slot, Token, tokens_of
from .placeholders import Placeholder, names_for, nearest, skeleton

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
PLAIN_WORDS = {"quoted", "pointed", "colons"}  # signs that stand around ordinary words, too
CODE = re.compile(r"\w[_.]\w|[a-z][A-Z]")  # what only programs write: order_id, order.id, orderId


def warnings(body: str, use: str) -> list[str]:
    """A sentence for each, with what was probably meant. They forbid nothing: it may be meant as it stands."""
    tokens = tokens_of(body)
    words = "".join(token.written if isinstance(token, Plain) else _SLOT for token in tokens)
    pairs = dict.fromkeys([*_with_dollar(tokens), *_lookalikes(words, use)])
    return [_sentence(written, meant) for written, meant in pairs]


def _sentence(written: str, meant: str) -> str:
    if not meant:
        return _("“%(written)s” is sent to the customer as it stands. Is it one of the palette's?") % {
            "written": written
        }
    return _("“%(written)s” is sent to the customer as it stands. Did you mean %(meant)s?") % {
        "written": written,
        "meant": meant,
    }


def _with_dollar(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """`${name}`: the dollar would stay before the words."""
    for before, slot in itertools.pairwise(tokens):
        if isinstance(slot, Slot) and slot.known and isinstance(before, Plain) and before.text.endswith("$"):
            yield f"${slot.written}", slot.canonical


def _lookalikes(words: str, use: str) -> Iterator[tuple[str, str]]:
    ours, all_names = names_for(use, with_other_names=False), names_for(use)
    position = 0
    while match := _LOOKALIKES.search(words, position):
        kind, name = next((kind, said) for kind, said in match.groupdict().items() if kind != "blank" and said)
        meant = _meant(name, use, ours, all_names if kind not in PLAIN_WORDS else ours)
        if meant or _is_unmistakable(kind, name):
            yield match[0], " ".join(one.canonical for one in meant)
            position = match.end()
        else:
            position = match.start() + 1


def _meant(name: str, use: str, ours: dict[str, Placeholder], names: dict[str, Placeholder]) -> list[Placeholder]:
    """The placeholder of this name, however it is written; those of its parts (`И.О.`); a code's nearest."""
    if one := names.get(skeleton(name)):
        return [one]
    parts = [ours.get(skeleton(part)) for part in name.split(".") if part.strip()]
    if len(parts) > 1 and all(parts):
        return [one for one in parts if one]
    near = nearest(name, use) if CODE.search(name) else None
    return [near] if near else []


def _is_unmistakable(kind: str, name: str) -> bool:
    """Nobody writes this to a customer, though we have nothing of the kind."""
    return kind in ("doubled", "hash", "percent") and bool(CODE.search(name))
