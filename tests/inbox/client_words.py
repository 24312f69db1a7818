"""The words of the client's side, as they stand in the source."""

import ast
import re
from pathlib import Path

from django.utils.translation.template import templatize

from tests.house.source import ROOT

TEMPLATES = "templates/inbox/client"
MODULES = [
    *(
        "messaging/inbox/client",
        "messaging/inbox/attachments/reasons.py",
    ),
    "messaging/inbox/rate_limits.py",
    *("messaging/inbox/automation/rating.py", "locations/values/emails.py"),
]
FOR_STAFF = {"Feedback form", "Feedback from %(who)s"}
"""Written by the client's side, read by operators: it stays in the language of the site."""
IN_TEMPLATE = re.compile(r"""gettext\(u?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")


def client_words() -> set[str]:
    words: set[str] = set()
    for path in sorted((ROOT / TEMPLATES).glob("*.html")):
        found = IN_TEMPLATE.findall(templatize(path.read_text(), origin=path.name))
        words.update(double or single for double, single in found)
    for module in MODULES:
        path = ROOT / module
        for source in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            words.update(marked_in(source))
    return words - FOR_STAFF


def marked_in(path: Path) -> set[str]:
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"_", "gettext", "gettext_lazy"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
