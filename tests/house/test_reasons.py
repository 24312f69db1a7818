"""Reasons are declared once, worded in full, used, and never stored as prose."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from locations.values.reasons import Fault, ReasonKind, all_kinds
from messaging.gateways.adapters import adapter_choices, get_adapter_class
from tests.house.source import Source, product

NAMES = {"reason", "unwanted", "pause_reason", "pace_reason", "last_error", "problem"}  # what is kept as a reason
DECLARE = {"reason", "declare"}


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    """The rooms' kinds are known once their models are; a provider's, once its adapter is."""
    for key, _label in adapter_choices():
        get_adapter_class(key)


def kinds() -> list[ReasonKind]:
    return [kind for kind in all_kinds() if not kind.code.startswith("test.")]


def test_each_is_worded_with_its_values_and_has_a_title_without():
    for kind in kinds():
        with override("en"):
            title, sentence = kind.sample.title, str(kind.sample)
        assert all((title, sentence)), kind.code
        assert "%(" not in title + sentence + str(kind.remedy), kind.code


def test_each_code_is_a_room_or_a_provider_and_a_word():
    assert [kind.code for kind in kinds() if not re.fullmatch(r"[a-z_]+\.[A-Za-z0-9_.-]+", kind.code)] == []


def test_what_is_our_fault_says_what_to_do():
    assert [kind.code for kind in kinds() if kind.fault == Fault.US and not str(kind.remedy)] == []


def declared(source: Source) -> dict[str, ast.AST]:
    """NAME = reason("code", ...) of a module."""
    found = {}
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Name) and called.id in DECLARE and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node
    return found


def names_in(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def test_each_is_used():
    used = {source.name: set(names_in(source)) for source in product()}
    idle = [
        f"{source.name}: {name}"
        for source in product()
        for name in declared(source)
        if not any(name in names for other, names in used.items() if other != source.name)
        and sum(name == one for one in names_in(source)) < 2
    ]
    assert not idle, "\n".join(idle)


def is_prose(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value != ""
    if isinstance(node, ast.Subscript):
        return is_prose(node.value)
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp):
        return any(is_prose(child) for child in ast.iter_child_nodes(node))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "str"}


def stored(source: Source) -> Iterator[tuple[int, ast.AST]]:
    """What is given for a reason: `reason=...`, `row.reason = ...`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg in NAMES:
            yield node.value.lineno, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in NAMES:
                    yield node.lineno, node.value


def test_none_is_kept_as_prose():
    prose = [
        f"{source.name}:{line}"
        for source in product()
        if not source.is_migration
        for line, value in stored(source)
        if is_prose(value)
    ]
    assert not prose, "\n".join(prose)
