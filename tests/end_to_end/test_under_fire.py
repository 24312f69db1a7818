"""A short run of the kill harness (`make kill` is the long one): nobody gets a message twice, none is lost."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.processes import database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_killed_and_stopped_processes_neither_repeat_nor_lose_a_message():
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "notify_site.settings"}
    command = [sys.executable, "-m", "tests.kill_harness", "--seconds", "25", "--hosts", "2"]
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    kills, messages = map(int, re.search(r"kills (\d+) .*messages (\d+)", run.stdout).groups())
    assert kills >= 3
    assert messages >= 500


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to crash")
def test_a_database_server_that_is_stopped_and_started_under_load_loses_and_repeats_nothing():
    harness = [sys.executable, "-m", "tests.kill_harness", "--seconds", "22", "--hosts", "1", "--no-kills"]
    command = [sys.executable, "-m", "tests.postgres", "--restarts", "2", "--away", "2", "--", *harness]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "notify_site.settings"}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("PostgreSQL restarted") == 2
    assert int(re.search(r"messages (\d+)", run.stdout)[1]) >= 300
