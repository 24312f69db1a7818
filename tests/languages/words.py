"""Every marked word of the source: of Python files, of templates, and of what other people's code says on our pages."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation.template import templatize

from tests.house.source import PACKAGES, ROOT

FOREIGN = "locale/foreign.py"
# How many of the first arguments say: a context, a word, a plural.
MARKS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "_now"), (False, False)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (False, True)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (True, False)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (True, True)),
}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(({STRING})(?:,\s*({STRING}))?(?:,\s*({STRING}))?", re.DOTALL)
VALUE = re.compile(r"%(?:\(\w+\))?[sdrf]")


@dataclass(frozen=True)
class Word:
    """A marked word. `plural` and `context`: "" without one."""

    msgid: str
    plural: str = ""
    context: str = ""

    @property
    def has_values(self) -> bool:
        """Whether Python's % fills something in."""
        return bool(VALUE.search(self.msgid) or VALUE.search(self.plural))


@cache
def words_of_source() -> dict[Word, tuple[str, ...]]:
    """Each word with the files that say it, in the order of the files."""
    places: dict[Word, list[str]] = {}
    for path in marked_files():
        name = path.relative_to(ROOT).as_posix()
        for word in words_in(path):
            seen = places.setdefault(word, [])
            if name not in seen:
                seen.append(name)
    return {word: tuple(names) for word, names in one_of_each(places).items()}


def one_of_each(places: dict[Word, list[str]]) -> dict[Word, list[str]]:
    """A word said both alone and with a plural has one entry, as gettext has it: the one with the plural."""
    with_plural = {(word.msgid, word.context): word for word in places if word.plural}
    joined: dict[Word, list[str]] = {}
    for word, names in places.items():
        joined.setdefault(with_plural.get((word.msgid, word.context), word), []).extend(names)
    return joined


def marked_files() -> list[Path]:
    python = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    product = [path for path in python if "migrations" not in path.parts]
    return [*product, *sorted((ROOT / "templates").rglob("*.html")), ROOT / FOREIGN]


def words_in(path: Path) -> list[Word]:
    text = path.read_text()
    return list(words_of_python(text) if path.suffix == ".py" else words_of_template(text, path.name))


def words_of_python(text: str) -> Iterator[Word]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and (name := called(node)) in MARKS:
            yield from words_of_call(node, *MARKS[name])


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def words_of_call(node: ast.Call, has_context: bool, has_plural: bool) -> Iterator[Word]:
    """A word that is chosen in the call (`_("a" if so else "b")`) is two; one that is computed is marked elsewhere."""
    context = ""
    arguments = node.args
    if has_context:
        context, arguments = constant(arguments[0]), arguments[1:]
    plural = constant(arguments[1]) if has_plural else ""
    for msgid in filter(None, map(constant, alternatives(arguments[0]))):
        yield Word(msgid, plural, context)


def alternatives(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from alternatives(node.body)
        yield from alternatives(node.orelse)
    else:
        yield node


def constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def words_of_template(text: str, name: str) -> Iterator[Word]:
    for mark, *strings in IN_TEMPLATE.findall(templatize(text, origin=name)):
        has_context, has_plural = MARKS[mark]
        said = [ast.literal_eval(string) for string in strings if string]
        context = said.pop(0) if has_context else ""
        yield Word(said[0], said[1] if has_plural else "", context)
