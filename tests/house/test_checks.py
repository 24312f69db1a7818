"""`manage.py check`: an unwise setting is said in a sentence, with what to type; the defaults are silent."""

import io
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error, run_checks
from django.core.management import CommandError, call_command

from notify_site.checks import GONETS
from tests.house.source import ROOT

OPERATING = ROOT / "docs" / "operating.md"
HTTPS = {"PUBLIC_URL": "https://shop.example", "HTTPS_ONLY": True, "BEHIND_PROXY": True}
HTTPS["ALLOWED_HOSTS"] = ["shop.example"]
LONG_KEY = "Yk3vQ-8tLr0wXz5uNn1pBd7sGh2jMc9f"

UNWISE: list[tuple[str, dict[str, Any], str]] = [
    ("gonets.E001", {"DRAIN_SLOTS": 0}, "DRAIN_SLOTS=1"),
    ("gonets.E001", {"WORKERS": 0}, "WORKERS=1"),
    ("gonets.E001", {"KEEP_MESSAGES_DAYS": -1}, "KEEP_MESSAGES_DAYS=0"),
    ("gonets.E002", {"DATA_DIR": Path("/dev/null/gonets")}, "DATA_DIR=/some/folder"),
    ("gonets.E003", {"PUBLIC_URL": "shop.example"}, "PUBLIC_URL=https://"),
    ("gonets.E003", {"PUBLIC_URL": "ftp://shop.example"}, "PUBLIC_URL=https://"),
    ("gonets.E004", {"RETRY_DELAYS": [30, 0]}, "RETRY_DELAYS=60"),
    ("gonets.E004", {"LOOK_UP_DELAYS": [-60, 120]}, "LOOK_UP_DELAYS=60"),
    ("gonets.E005", {"LOOK_UP_DELAYS": [60]}, "LOOK_UP_DELAYS=60,120"),
    ("gonets.W002", {"PUBLIC_URL": "http://shop.example"}, "PUBLIC_URL=https://shop.example"),
    ("gonets.W003", {"LOOK_UP_DELAYS": [600, 60, 120]}, "LOOK_UP_DELAYS=60,120,600"),
    ("gonets.W003", {"RETRY_DELAYS": [600, 60]}, "RETRY_DELAYS=60,600"),
    ("gonets.W004", {"RETRY_DELAYS": []}, "RETRY_DELAYS"),
    ("gonets.W005", {**HTTPS, "ALLOWED_HOSTS": ["*"]}, "ALLOWED_HOSTS=shop.example,localhost"),
    ("gonets.W006", {**HTTPS, "ALLOWED_HOSTS": ["localhost"]}, "ALLOWED_HOSTS=shop.example,localhost"),
    ("gonets.W006", {"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS=localhost"),
    ("gonets.W007", {**HTTPS, "PUBLIC_URL": "http://shop.example"}, "HTTPS_ONLY=False"),
    ("gonets.W008", {**HTTPS, "BEHIND_PROXY": False}, "BEHIND_PROXY=True"),
    ("gonets.W009", {**HTTPS, "HTTPS_ONLY": False}, "HTTPS_ONLY"),
    ("gonets.W010", {**HTTPS, "LISTEN": "0.0.0.0", "FORWARDED_ALLOW_IPS": "*"}, "LISTEN=127.0.0.1"),
    ("gonets.W011", {**HTTPS, "LISTEN": "0.0.0.0"}, "FORWARDED_ALLOW_IPS="),
    ("gonets.W012", {"DEBUG": True, "LISTEN": "0.0.0.0"}, "DEBUG"),
    ("gonets.W012", {**HTTPS, "DEBUG": True}, "DEBUG"),
    ("gonets.W013", {"SECRET_KEY": "gonets"}, "secrets.token_urlsafe(48)"),
    ("gonets.W013", {"CREDENTIALS_KEYS": ["a" * 64]}, "before the old one"),
    ("gonets.W016", {"WORKERS": 2}, "WORKERS=3"),
    ("gonets.W017", {"WORKERS": 4, "DRAIN_SLOTS": 4}, "DRAIN_SLOTS=2"),
    ("gonets.W018", {"Q_CLUSTER": {"timeout": 60, "retry": 120, "queue_limit": 3, "workers": 3}}, '"retry": 180'),
]
WISE: list[dict[str, Any]] = [
    {},
    HTTPS,
    {**HTTPS, "LISTEN": "0.0.0.0", "FORWARDED_ALLOW_IPS": "10.0.0.7"},
    {**HTTPS, "ALLOWED_HOSTS": [".shop.example"]},
    {"PUBLIC_URL": "http://127.0.0.1:8000"},
    {"PUBLIC_URL": "http://[::1]:8000", "ALLOWED_HOSTS": ["[::1]"]},
    {"DEBUG": True, "LISTEN": "::1"},
    {"KEEP_MESSAGES_DAYS": 0},
    {"RETRY_DELAYS": [1, 1, 1]},
    {"CREDENTIALS_KEYS": [LONG_KEY, "an old one"]},
    {"WORKERS": 4, "DRAIN_SLOTS": 3},
]


def said() -> dict[str | None, str]:
    """What is said of the settings as they are: hints by id."""
    return {one.id: str(one.hint) for one in run_checks(tags=[GONETS])}


@pytest.mark.parametrize(("expected", "changed", "hint"), UNWISE, ids=lambda value: value if value else None)
def test_it_says_what_is_unwise_and_what_to_type(settings, expected: str, changed: dict[str, Any], hint: str):
    for name, value in changed.items():
        setattr(settings, name, value)
    assert hint in said()[expected]


@pytest.mark.parametrize("changed", WISE, ids=lambda changed: ",".join(changed) or "defaults")
def test_it_is_silent_about_what_works(settings, changed: dict[str, Any]):
    for name, value in changed.items():
        setattr(settings, name, value)
    assert not said()


def test_it_says_that_others_can_read_the_data(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert f"chmod 700 {tmp_path}" in said()["gonets.W001"]
    tmp_path.chmod(0o700)
    assert not said()


def test_it_leaves_nothing_in_the_data_folder(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    said()
    assert not list(tmp_path.iterdir())


@pytest.fixture
def on_postgresql(monkeypatch):
    """Several machines share PostgreSQL only; what is said of them depends on nothing else of it."""
    monkeypatch.setattr("notify_site.checks.connection.vendor", "postgresql")


@pytest.mark.usefixtures("on_postgresql")
def test_several_machines_need_the_same_keys(settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    settings.HOST_NAME = "sender2"
    settings.SECRET_KEY = LONG_KEY
    settings.CREDENTIALS_KEYS = [LONG_KEY[::-1]]
    assert not said()
    (tmp_path / "credentials_key").write_text(LONG_KEY[::-1])
    assert "CREDENTIALS_KEYS=<" in said()["gonets.W015"]
    (tmp_path / "credentials_key").unlink()
    (tmp_path / "secret_key").write_text(LONG_KEY)
    assert "SECRET_KEY=<" in said()["gonets.W015"]


@pytest.mark.usefixtures("on_postgresql")
def test_a_machine_that_is_called_as_all_are_needs_a_name(settings, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost.localdomain")
    assert "HOST_NAME=" in said()["gonets.W014"]
    monkeypatch.setattr(socket, "gethostname", lambda: "shop")
    assert not said()


def test_a_warning_fails_what_make_check_runs(settings):
    call_command("check", fail_level="WARNING", stdout=io.StringIO())
    settings.WORKERS = 2
    with pytest.raises(CommandError, match=r"gonets\.W016") as refused:
        call_command("check", fail_level="WARNING", stderr=io.StringIO())
    assert "HINT: Put WORKERS=3 into .env" in str(refused.value)


def test_no_command_begins_where_nothing_could_be_sent(tmp_path: Path):
    ended = manage("migrate", DATA_DIR=str(tmp_path), DRAIN_SLOTS="0")
    assert ended.returncode == 1
    assert "gonets.E001" in ended.stderr
    assert "Applying" not in ended.stdout


def test_a_data_folder_that_cannot_be_made_is_a_sentence():
    ended = manage("check", DATA_DIR="/dev/null/gonets")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The folder /dev/null/gonets cannot be written to: Not a directory.")
    assert "Traceback" not in ended.stderr


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of a new site with these settings and no others."""
    own = {"ENV_FILE": os.devnull, "PATH": os.environ["PATH"], **environment}
    command = [sys.executable, ROOT / "manage.py", *words]
    return subprocess.run(command, env=own, capture_output=True, text=True, timeout=60, check=False)


def test_the_manual_lists_every_check_and_no_other():
    made = re.findall(r'id="(gonets\.[EW]\d+)"', (ROOT / "notify_site" / "checks.py").read_text())
    listed = re.findall(r"^\| `(gonets\.[EW]\d+)`", OPERATING.read_text(), re.MULTILINE)
    assert listed == sorted(set(made))


def test_every_check_has_been_seen_at_work():
    seen = {expected for expected, _changed, _hint in UNWISE} | {"gonets.W001", "gonets.W014", "gonets.W015"}
    made = set(re.findall(r'id="(gonets\.[EW]\d+)"', (ROOT / "notify_site" / "checks.py").read_text()))
    assert made == seen


def test_an_error_is_called_one(settings):
    settings.DRAIN_SLOTS = 0
    assert all(isinstance(one, Error) for one in run_checks(tags=[GONETS]) if (one.id or "").startswith("gonets.E"))
