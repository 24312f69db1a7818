"""A state is decided in one place: nobody but the tables of transitions writes one."""

import ast

import pytest

from messaging.inbox import states as chat
from messaging.outbox import states as outbox
from messaging.robots import states as robots
from tests.house.source import product
from tests.house.test_floors import place
from tests.state_diagrams import page, target

TABLES = [outbox, robots, chat]
WRITES_STATES = {"locations/rows/transitions.py", "messaging/outbox/states.py"}
# Of imports and attachments, which go one way only.
OF_OTHERS = ("orders/imports/", "messaging/inbox/attachments/", "messaging/inbox/inbound/media_download.py")


def writes_state(node: ast.AST) -> bool:
    """`rows.update(state=...)`, `row.state = ...`, `UPDATE ... SET state` in SQL of one's own."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "update" and "state" in {keyword.arg for keyword in node.keywords}
    if isinstance(node, ast.Assign):
        targets = [part for one in node.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
        return any(isinstance(one, ast.Attribute) and one.attr == "state" for one in targets)
    return False


def test_nobody_else_writes_a_state():
    wrong = [
        place(source, node)
        for source in product()
        if source.name not in WRITES_STATES and not source.is_migration and not source.name.startswith(OF_OTHERS)
        for node in ast.walk(source.tree)
        if writes_state(node) and not is_of_ones_own(node)
    ]
    assert not wrong


def is_of_ones_own(node: ast.AST) -> bool:
    """`self.state = ...` and a verdict's, which is no row."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    names = {part.value.id for one in targets for part in ast.walk(one) if is_attribute_of_name(part)}
    return bool(names) and names <= {"self", "verdict"}


def is_attribute_of_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("messages.update(state='sent')", True),
        ("message.state = 'sent'", True),
        ("row.state, row.reason = 'sent', ''", True),
        ("messages.filter(state='sent')", False),
        ("message.reason = ''", False),
    ],
)
def test_the_guard_of_states_sees_what_it_should(code: str, is_wrong: bool):
    assert any(writes_state(node) for node in ast.walk(ast.parse(code))) is is_wrong


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_each_state_has_a_meaning_and_can_be_reached(table):
    (states,) = {type(one) for one, _other in table.TRANSITIONS.table}
    reached = {other for _one, other in table.TRANSITIONS.table}
    first = next(iter(states))
    assert all(str(state.meaning).endswith(".") for state in states)
    assert reached | {first} == set(states)


def test_the_diagrams_in_the_documentation_are_those_of_the_tables():
    assert target().read_text() == page(), "python -m tests.state_diagrams"
