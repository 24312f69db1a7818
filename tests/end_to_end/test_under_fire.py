"""A short run of the kill harness (`make kill` is the long one): nobody gets a message twice, none is lost."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

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
