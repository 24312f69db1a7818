"""A refusal is not a bug: what a person is refused has a name of its own, and only that name is caught as one."""

import ast

from tests.house.source import product
from tests.house.test_floors import place

SHOWS = "notify_site/settings.py"  # to whoever starts the program with a wrong setting
PARSES = {
    "messaging/gateways/adapters/serwersms/sms.py",
    "messaging/gateways/adapters/twilio/account.py",
    "orders/imports/reading/cells.py",
}


def names_of(node: ast.expr | None) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node is not None else set()


def test_a_value_error_is_raised_only_by_what_parses():
    wrong = [
        place(source, node)
        for source in product()
        if source.name not in PARSES and not source.is_migration
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Raise) and "ValueError" in names_of(node.exc)
    ]
    assert not wrong


def test_no_named_refusal_is_a_value_error():
    wrong = [
        place(source, node)
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and any("ValueError" in names_of(base) for base in node.bases)
        if node.name not in {"TooDeep", "Unreadable"}  # foreign JSON and lists, parsed
    ]
    assert not wrong


def test_nobody_is_shown_the_words_of_a_value_error():
    wrong = [
        place(source, node)
        for source in product()
        if source.name != SHOWS
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and node.name and "ValueError" in names_of(node.type) and shows(node)
    ]
    assert not wrong


def shows(handler: ast.ExceptHandler) -> bool:
    """`str(error)`, or the error within a text."""
    shown = [node for node in ast.walk(handler) if isinstance(node, ast.FormattedValue)]
    shown += [node for node in ast.walk(handler) if isinstance(node, ast.Call) and names_of(node.func) == {"str"}]
    return any(handler.name in names_of(node) for node in shown)
