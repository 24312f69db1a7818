"""Who may import whom. A lower floor never knows a higher one; what must go up goes by signals and registries."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.house.source import ROOT, Source, imported, product

# From the bottom to the top; a room may import the rooms named beside it, and itself.
FLOORS = {
    "locations": set(),
    "messaging.worker": set(),
    "messaging.gateways": {"messaging.worker", "locations"},
    "orders": {"locations"},
    "orders.imports": {"orders", "locations"},
    "messaging.texts": {"orders", "locations"},
    "messaging.outbox": {"messaging.texts", "messaging.gateways", "messaging.worker", "orders", "locations"},
    "messaging.inbox": {
        "messaging.outbox",
        "messaging.texts",
        "messaging.gateways",
        "messaging.worker",
        "orders",
        "locations",
    },
    "messaging.robots": {
        "messaging.inbox",
        "messaging.outbox",
        "messaging.texts",
        "messaging.gateways",
        "messaging.worker",
        "orders",
        "locations",
    },
}
# The packages inside a room, from the bottom to the top; each may import those before it.
INSIDE = {
    "locations": ["values", "rows", "search", "lists"],
    "orders.imports": ["reading", "planning", "running"],
    "messaging.outbox": ["queue", "gateway_health", "receipts", "sending"],
    "messaging.inbox": [
        "models",
        "attachments",
        "live",
        "identity",
        "lines",
        "conversations",
        "search",
        "automation",
        "inbound",
        "client",
        "operator",
    ],
    "messaging.robots": ["events", "steps"],
    "notify_site": ["serving", "web", "demo", "admin"],
}
MOST_MODULES = 15  # in one folder
ROOF = "notify_site"
# Inside a room models and tasks stand below the doors.
DOORS = {"views", "admin", "api", "urls", "forms"}
BELOW_DOORS = {"models", "tasks"}
WRITES_STAGE = "orders/moves.py"
# They name the first stage of an order that is not stored yet, then hand it to place_orders.
STARTS_ORDERS = {"orders/imports/planning/forecast.py", "notify_site/admin/orders.py"}
MOVED_ONLY = {"stage", "stage_id"}
CALLED_ORDER = {"order", "obj", "instance", "one"}


def room_of(module: str) -> str | None:
    """The room a dotted name is in: the longest that fits; None for what is not ours."""
    if module == ROOF or module.startswith(f"{ROOF}."):
        return ROOF
    fitting = [room for room in FLOORS if module == room or module.startswith(f"{room}.")]
    return max(fitting, key=len) if fitting else None


def place(source: Source, node: ast.AST) -> str:
    return f"{source.name}:{node.lineno}"


def test_every_package_has_its_floor():
    homeless = {source.name for source in product() if room_of(source.module) is None} - {"messaging/__init__.py"}
    assert not homeless


def test_nobody_imports_a_higher_floor():
    wrong = []
    for source in product():
        room = room_of(source.module)
        if room == ROOF or room is None:
            continue
        for name, node in imported(source):
            other = room_of(name)
            if other and other != room and other not in FLOORS[room]:
                wrong.append(f"{place(source, node)} imports {name}")
    assert not wrong


def test_nobody_imports_a_higher_package_of_their_room():
    wrong = []
    for source in product():
        room = room_of(source.module)
        here = inside(room, source.module)
        for name, node in imported(source) if here else ():
            there = inside(room, name)
            if there and INSIDE[room].index(there) > INSIDE[room].index(here):
                wrong.append(f"{place(source, node)} imports {name}")
    assert not wrong


def inside(room: str | None, name: str) -> str | None:
    """The package of the room that a dotted name is in, if it is one of those that have an order."""
    if room not in INSIDE or not name.startswith(f"{room}."):
        return None
    package = name.removeprefix(f"{room}.").split(".")[0]
    return package if package in INSIDE[room] else None


def test_every_package_of_a_room_has_its_place():
    unknown = {
        source.path.parent.relative_to(ROOT).as_posix()
        for source in product()
        if (room := room_of(source.module)) in INSIDE
        and source.path.parent.parent.relative_to(ROOT).as_posix() == room.replace(".", "/")
        and source.path.parent.name not in {*INSIDE[room], "migrations", "management", "templatetags"}
        and room_of(f"{room}.{source.path.parent.name}") == room
    }
    assert not unknown


def test_no_folder_has_more_modules_than_one_can_look_over():
    counts = Counter(source.path.parent for source in product() if source.path.name != "__init__.py")
    assert not {str(folder): count for folder, count in counts.items() if count > MOST_MODULES and not migrates(folder)}


def migrates(folder: Path) -> bool:
    return folder.name == "migrations"


def test_models_and_tasks_do_not_know_their_doors():
    wrong = []
    for source in product():
        if source.path.stem not in BELOW_DOORS:
            continue
        for name, node in imported(source):
            if room_of(name) == room_of(source.module) and DOORS & set(name.split(".")):
                wrong.append(f"{place(source, node)} imports {name}")
    assert not wrong


def test_nothing_of_ours_is_imported_inside_a_function():
    wrong = []
    for source in product():
        if source.path.name == "apps.py" or source.is_migration:
            continue
        top = set(map(id, source.tree.body))
        for name, node in imported(source):
            if room_of(name) and id(node) not in top:
                wrong.append(f"{place(source, node)} imports {name}")
    assert not wrong


def test_only_moves_put_an_order_onto_a_stage():
    wrong = [
        place(source, node)
        for source in product()
        if source.name != WRITES_STAGE and not source.is_migration
        for node in ast.walk(source.tree)
        if writes_stage(node) or (gives_stage(node) and source.name not in STARTS_ORDERS)
    ]
    assert not wrong


def writes_stage(node: ast.AST) -> bool:
    """Whether it is a query that writes a stage: `.update(stage=...)`, `.bulk_update(orders, ["stage"])`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr in {"update", "update_or_create"}:
        return bool(MOVED_ONLY & {keyword.arg for keyword in node.keywords})
    if node.func.attr in {"bulk_update", "save"}:
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        words = {part.value for one in given for part in ast.walk(one) if isinstance(part, ast.Constant)}
        return bool(MOVED_ONLY & words)
    return False


def gives_stage(node: ast.AST) -> bool:
    """Whether it sets the stage of an order: `order.stage = ...`."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(
        isinstance(target, ast.Attribute) and target.attr in MOVED_ONLY and last_name(target.value) in CALLED_ORDER
        for target in targets
    )


def last_name(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("orders.update(stage=ready)", True),
        ("orders.filter(pk=1).update(stage_id=3)", True),
        ("Order.objects.bulk_update(orders, ['total', 'stage'])", True),
        ("order.save(update_fields=['stage'])", True),
        ("orders.update(total=1)", False),
        ("order.save()", False),
    ],
)
def test_the_guard_of_stages_sees_what_it_should(code: str, is_wrong: bool):
    assert writes_stage(ast.parse(code).body[0].value) is is_wrong


def test_saving_has_no_side_effects_through_django_signals():
    silent = {"post_save", "pre_save", "m2m_changed", "post_delete", "pre_delete"}
    wrong = [
        f"{place(source, node)} uses {name}"
        for source in product()
        for name, node in imported(source)
        if name.rsplit(".", 1)[-1] in silent
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("orders.imports.models", "orders.imports"),
        ("orders.models", "orders"),
        ("messaging.outbox", "messaging.outbox"),
        ("ordersx.models", None),
        ("notify_site.urls", "notify_site"),
    ],
)
def test_a_name_belongs_to_its_room(module: str, room: str | None):
    assert room_of(module) == room
