"""The documents are true: links lead somewhere, and what they name is there."""

import ast
import asyncio
import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest
from aiohttp import web
from django.core.management import get_commands

from locations.values import reasons
from messaging.gateways.adapters import Accepted, Parcel, Refused, adapter_choices, get_adapter_class
from messaging.gateways.adapters import base as adapters
from orders.imports.columns import COLUMNS
from tests.gateways.local_server import LocalServer
from tests.house.source import PACKAGES, ROOT, product
from tests.house.test_floors import FLOORS, INSIDE, ROOF
from tests.house.test_settings import offered

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST_FRONT_DOOR = 130  # lines: nobody reads more standing
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OURS = (*PACKAGES, "tests", "benchmarks", "bin", "templates", "locale", "docs")
PATH = re.compile(rf"(?:{'|'.join(OURS)})/[\w./*<>-]*")
DOTTED = re.compile(rf"(?:{'|'.join([*PACKAGES, 'tests', 'benchmarks'])})(?:\.\w+)+")
MAKE = re.compile(r"\bmake ([a-z][a-z0-9-]*)")
MANAGE = re.compile(r"manage\.py (\w+)")
MODULE = re.compile(r"python -m ([\w.]+)")
CONSTANT = re.compile(r"(_?[A-Z]+(?:_[A-Z]+)*)(?:=.*)?")

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def text_of(path: Path) -> str:
    return path.read_text()


def quoted(path: Path) -> list[str]:
    return QUOTED.findall(text_of(path))


def anchors_of(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text_of(path))}


def part_of(path: Path, name: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    _before, _mark, rest = text_of(path).partition(f"<!-- {name} -->")
    part, mark, _after = rest.partition(f"<!-- /{name} -->")
    assert mark, f"{path.name} has no part “{name}”"
    return part


@every_document
def test_every_link_leads_somewhere(path: Path):
    broken = []
    for link in LINK.findall(text_of(path)):
        if "://" in link:
            continue
        name, _mark, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert not broken


def test_every_document_and_picture_can_be_found_from_the_front_door():
    met: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        met.add(path)
        links = [
            (path.parent / link.partition("#")[0]).resolve()
            for link in LINK.findall(text_of(path))
            if "://" not in link
        ]
        ahead += [target for target in links if target.suffix == ".md" and target not in met]
        met.update(links)
    assert not {path for path in (ROOT / "docs").rglob("*") if path.is_file()} - met


def test_the_front_door_is_short():
    assert len(text_of(ROOT / "README.md").splitlines()) <= LONGEST_FRONT_DOOR


@every_document
def test_every_path_that_is_named_is_there(path: Path):
    named = [found[0] for word in quoted(path) if (found := PATH.fullmatch(word))]
    assert not [name for name in named if not list(ROOT.glob(re.sub(r"<\w+>", "*", name)))]


@every_document
def test_every_module_class_and_function_that_is_named_is_there(path: Path):
    named = {found[0] for word in quoted(path) if (found := DOTTED.match(word)) and not PATH.match(word)}
    assert not sorted(name for name in named if not is_there(name))


def is_there(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@every_document
def test_every_command_that_is_named_is_there(path: Path):
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join([*quoted(path), *re.findall(r"^    .+$", text_of(path), re.MULTILINE)])
    assert not set(MAKE.findall(code)) - targets
    assert not set(MANAGE.findall(code)) - set(get_commands())
    assert not [name for name in MODULE.findall(code) if not importlib.util.find_spec(name)]


@every_document
def test_every_setting_and_constant_that_is_named_is_there(path: Path):
    named = {found[1] for word in quoted(path) if (found := CONSTANT.fullmatch(word))}
    assert not named - constants() - set(offered())


@cache
def constants() -> set[str]:
    """Names in capitals that a module of the product gives a value."""
    return {
        target.id
        for source in product()
        for node in source.tree.body
        for target in [*getattr(node, "targets", []), getattr(node, "target", None)]
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def test_the_house_is_shown_with_all_its_rooms_and_packages():
    shown = quoted(ROOT / "CONTRIBUTING.md")
    assert not {*FLOORS, ROOF} - set(shown)
    assert not {f"{package}/" for packages in INSIDE.values() for package in packages} - set(shown)


def test_every_column_of_a_file_is_named():
    assert not {column.header for column in COLUMNS} - set(quoted(ROOT / "docs" / "using.md"))


def test_every_provider_is_named():
    shown = text_of(ROOT / "docs" / "providers.md")
    providers = [str(label) for key, label in adapter_choices() if not get_adapter_class(key).is_sandbox]
    assert not [label for label in providers if label.split()[-1] not in shown]


class ExampleServer(LocalServer):
    """The provider of docs/adding.md."""

    def make_application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/messages", self.take)
        return application

    async def take(self, request: web.Request) -> web.Response:
        self.told = await request.json()
        return web.json_response({"id": "17"}) if self.told["to"].startswith("+") else web.Response(status=422)


def test_the_example_of_a_gateway_sends(monkeypatch):
    monkeypatch.setattr(adapters, "_adapters", dict(adapters._adapters))
    monkeypatch.setattr(reasons, "_kinds", dict(reasons._kinds))
    code = part_of(ROOT / "docs" / "adding.md", "example gateway").strip().removeprefix("```python").removesuffix("```")
    package = "messaging.gateways.adapters"
    exec(compile(code, "docs/adding.md", "exec"), {"__name__": f"{package}.example", "__package__": package})
    with ExampleServer() as server:
        config = {"token": "secret", "base_url": server.base_url}
        assert asyncio.run(sent(config, "+48501234567")) == Accepted("17")
        assert server.told == {"to": "+48501234567", "text": "A-17", "reference": "key"}
        refusal = asyncio.run(sent(config, "nobody"))
    assert isinstance(refusal, Refused)
    assert refusal.permanent
    assert (refusal.reason.code, str(refusal.reason)) == ("example.422", "The number does not exist.")


async def sent(config: dict[str, str], to: str) -> object:
    adapter = get_adapter_class("example")(config, 5)
    try:
        return await adapter.send(Parcel(key="key", channel="sms", to=to, body="A-17"))
    finally:
        await adapter.close()
