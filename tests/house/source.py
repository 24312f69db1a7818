"""The product's own source files, parsed, for tests that guard conventions."""

import ast
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR
MADE = {"var", "staticfiles", "test-results", "__pycache__"}  # beside folders with a dot
PACKAGES = ("locations", "orders", "messaging", "notify_site")


@dataclass(frozen=True)
class Source:
    path: Path
    tree: ast.Module
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """Its dotted name: orders.imports.models; a package's __init__ is the package."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_migration(self) -> bool:
        return self.path.parent.name == "migrations"


@cache
def product() -> tuple[Source, ...]:
    """Every Python file of the product's packages."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(Source(path, ast.parse(text := path.read_text(), str(path)), text) for path in found)


def imported(source: Source) -> list[tuple[str, ast.stmt]]:
    """Dotted names of everything the file imports, relative ones made absolute, each with its statement."""
    package = source.module.split(".") if source.path.name == "__init__.py" else source.module.split(".")[:-1]
    names: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module.split(".") if node.module else [])]
            names += [(".".join([*base, alias.name]), node) for alias in node.names]
    return names


def kept_files() -> list[Path]:
    """Everything that belongs to the project, and not to an installation or a tool."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in MADE and (name == ".ci" or not name.startswith("."))]
        found += [Path(folder) / name for name in names]
    return found
