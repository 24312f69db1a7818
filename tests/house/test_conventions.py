"""How the files of this house look: short, whole names, one line of migrations, nothing that belongs elsewhere."""

import ast
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.house.source import ROOT, kept_files, product

LONGEST_FILE = 300
WIDEST_TEMPLATE = 160  # columns
FORBIDDEN = {"utils", "util", "helpers", "common", "services", "misc", "lib"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_no_file_is_longer_than_300_lines():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in kept_files()
        if path.suffix == ".py"
        and path.parent.name != "migrations"
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


def test_no_line_of_a_template_is_wider_than_160_columns():
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in kept_files()
        if path.is_relative_to(ROOT / "templates")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDEST_TEMPLATE
    ]
    assert not wide


def test_every_module_says_what_it_is():
    silent = []
    for source in product():
        if source.is_migration or not source.text.strip() or source.path.name in {"apps.py", "manage.py"}:
            continue
        if ast.get_docstring(source.tree) is None:
            silent.append(source.name)
    assert not silent


def test_nothing_is_named_after_nothing():
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in kept_files()
        if path.suffix == ".py" and FORBIDDEN & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert not wrong


def test_nothing_is_left_for_later():
    left = [
        f"{source.name}:{number}"
        for source in product()
        for number, line in enumerate(source.text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not left


def test_no_error_is_swallowed_whatever_it_is():
    wrong = []
    for source in product():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ExceptHandler) and node.type is None:
                wrong.append(f"{source.name}:{node.lineno}")
    assert not wrong


def test_what_nobody_may_do_by_hand_is_said_by_its_base_class():
    """A page that never adds, changes or deletes takes that from `locations.lists.read_only`."""
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if source.name != "locations/lists/read_only.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef)
        and re.fullmatch(r"has_(add|change|delete)_permission", node.name)
        and ast.unparse(node.body[-1]) == "return False"
        and len(node.body) == 1
    ]
    assert not wrong


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_migrations_have_one_head_each():
    assert not MigrationLoader(connection).detect_conflicts()
