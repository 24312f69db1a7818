"""`manage.py serve`: web and worker are always there, and go together."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.processes import Site, descendants, kill_tree, living, wait_until

pytestmark = pytest.mark.slow


def answers(site: Site) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/admin/login/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def newest_process(site: Site, name: str) -> int:
    """The id of the last started "web" or "worker"; 0 before there is one."""
    found = re.findall(rf"{name} started \(process (\d+)\)", site.said())
    return int(found[-1]) if found else 0


def start(site: Site) -> psutil.Process:
    """A site that answers and whose worker shows life."""
    beat = settings.DATA_DIR / "worker.beat"
    beat.unlink(missing_ok=True)
    process = site.start("serve", "--show-login")
    wait_until(lambda: "Gonets is at" in site.said(), "web answers")
    wait_until(beat.exists, "the worker shows life")
    return psutil.Process(process.pid)


def test_it_answers_and_says_where_and_how_to_log_in(site: Site):
    site.run("first_start", DEMO="0")
    start(site)
    password = (settings.DATA_DIR / "password").read_text().strip()
    assert answers(site)
    assert f"http://127.0.0.1:{site.port}/" in site.said()
    assert f"Login: admin   Password: {password}" in site.said()


def test_a_killed_web_server_comes_back(site: Site):
    start(site)
    killed = newest_process(site, "web")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: newest_process(site, "web") != killed, "web was started again")
    wait_until(lambda: answers(site), "web answers again")


def test_a_killed_worker_comes_back_and_its_old_processes_are_gone(site: Site):
    start(site)
    killed = newest_process(site, "worker")
    wait_until(lambda: len(descendants(killed)) >= settings.WORKERS, "the pool is there")
    old = descendants(killed)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: newest_process(site, "worker") != killed, "the worker was started again")
    wait_until(lambda: len(descendants(newest_process(site, "worker"))) >= settings.WORKERS, "the pool is there again")
    assert not living(old)


def test_a_worker_that_shows_no_life_is_started_again(site: Site):
    start(site)
    stuck = newest_process(site, "worker")
    for process in [psutil.Process(stuck), *descendants(stuck)]:
        process.suspend()
    wait_until(lambda: "worker showed no sign of life" in site.said(), "silence is noticed", seconds=60)
    wait_until(lambda: newest_process(site, "worker") != stuck, "the worker was started again")
    assert not psutil.pid_exists(stuck)  # reaped, too


def test_sigterm_ends_all_of_it_in_order(site: Site):
    supervisor = start(site)
    family = descendants(supervisor.pid)
    supervisor.terminate()
    wait_until(lambda: site.started[0].poll() is not None, "it ended", seconds=40)
    assert site.started[0].returncode == 0
    assert not living(family)
    assert "was killed" not in site.said()


def test_nothing_outlives_a_supervisor_killed_with_9(site: Site):
    supervisor = start(site)
    wait_until(lambda: len(descendants(supervisor.pid)) > settings.WORKERS, "web and the pool are there")
    family = descendants(supervisor.pid)
    os.kill(supervisor.pid, signal.SIGKILL)
    site.started[0].wait()
    wait_until(lambda: not living(family), "all are gone")


def test_a_busy_port_is_said_in_words(site: Site):
    with socket.create_server(("127.0.0.1", site.port)):
        ended = site.run("serve")
    assert ended.returncode == 1
    assert f"Port {site.port} is busy" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_do_not_run_on_the_same_data(site: Site):
    first = start(site)
    ended = site.run("serve", PORT="0")
    assert ended.returncode == 1
    assert "already runs" in ended.stderr
    kill_tree(first.pid)


def test_a_setting_that_cannot_be_read_is_said_in_words(site: Site):
    ended = site.run("serve", PORT="abc")
    assert ended.returncode == 1
    assert "The setting PORT cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_outlives_a_log_that_cannot_be_written(site: Site):
    kept, site.log = site.log, Path("/dev/full")  # each write says that there is no space
    site.start("serve")
    site.log = kept
    wait_until(lambda: answers(site), "web answers")
    for process in psutil.Process(site.started[0].pid).children():
        process.kill()
    wait_until(lambda: not answers(site), "web is gone")
    wait_until(lambda: answers(site), "web was started again")


def test_what_only_looks_after_the_others_loads_no_django():
    asked = "import sys, notify_site.serving.__main__; print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert "'notify_site'" in loaded.stdout
    assert not {"'django'", "'django_q'", "'psycopg'"} & set(re.findall(r"'\w+'", loaded.stdout))
