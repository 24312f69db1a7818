"""Every setting of an installation is explained in .env.example, and every line there is a setting."""

import ast
import re

from django.conf import settings

from tests.house.source import ROOT

SETTINGS = ROOT / "notify_site" / "settings.py"
EXAMPLE = ROOT / ".env.example"


def read_by_settings() -> set[str]:
    """The names that settings.py asks the environment for: the first argument of env.str(...), env.int(...)."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(SETTINGS.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    } - {"ENV_FILE"}  # says where the file itself is


def offered() -> list[str]:
    return re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)


def test_the_example_names_every_setting_and_no_other():
    assert set(offered()) == read_by_settings()


def test_the_example_names_each_once():
    assert len(offered()) == len(set(offered()))


def test_each_setting_is_explained():
    lines = EXAMPLE.read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#?[A-Z][A-Z_]+=", line):
            assert re.match(r"# \S", lines[number - 1]), line


def test_every_setting_has_a_working_default():
    for node in ast.walk(ast.parse(SETTINGS.read_text())):
        if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "env":
            assert "default" in {keyword.arg for keyword in node.keywords} or node.func.attr == "read_env"


def test_tests_keep_away_from_the_data_of_the_installation():
    assert settings.DATA_DIR != ROOT / "var"
    assert str(settings.DATABASES["default"]["TEST"].get("NAME") or "").find(str(ROOT / "var")) == -1
