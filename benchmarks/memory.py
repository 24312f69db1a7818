"""How much memory an idle site takes: supervisor, web server, and worker with its three processes, with the demo.

    python -m benchmarks.memory [--minutes 60]

On SQLite; with DATABASE_URL set to an empty PostgreSQL, on that one (its server's own memory is not counted). PSS: what
several processes share is counted once. Somebody looks at the dashboard, an order list and the chat every minute, as in
an office; the demo goes on by itself.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import django
import psutil

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024**2
NEW_SECONDS = 40  # until all has started and the demo is loaded
NEW_FLOOR, LATER_FLOOR = 250, 330  # MB, when new and after an hour of the demo
HOUR = 60  # minutes
PAUSE = 60  # seconds between two looks at some pages
PAGES = ["/admin/", "/admin/orders/order/", "/admin/outbox/message/", "/inbox/"]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=int, default=0, help="how long the demo goes on before the second figure")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        os.environ.setdefault("DEMO", "1")
        django.setup()
        measure(given.minutes)


def measure(minutes: int) -> None:
    from django.db import connection

    from tests.processes import Site

    print(f"database: {connection.vendor}")
    with Site() as site:
        subprocess.run([sys.executable, "manage.py", "first_start"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        process = site.start("serve")
        time.sleep(NEW_SECONDS)
        report("when new", memory_of(process.pid), NEW_FLOOR)
        if minutes:
            look_around(site.port, minutes)
            title = f"after {minutes} minutes of the demo"
            report(title, memory_of(process.pid), LATER_FLOOR if minutes >= HOUR else None)


def look_around(port: int, minutes: int) -> None:
    """Open some pages once a minute, logged in."""
    import requests
    from django.test import Client as Browser

    from tests.makers import make_user

    browser = Browser()
    browser.force_login(make_user(is_superuser=True))
    cookies = {"sessionid": browser.cookies["sessionid"].value}
    for _minute in range(minutes):
        for page in PAGES:
            requests.get(f"http://127.0.0.1:{port}{page}", cookies=cookies, timeout=60).raise_for_status()
        time.sleep(PAUSE)


def memory_of(pid: int) -> dict[str, float]:
    """Megabytes of the process and of all that it started, by what they are."""
    found: dict[str, float] = defaultdict(float)
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        found[part_of(process, pid)] += process.memory_full_info().pss / MEGABYTE
    return found


def part_of(process: psutil.Process, supervisor: int) -> str:
    if process.pid == supervisor:
        return "supervisor"
    return "web" if "notify_site.web" in process.cmdline() else "worker"


def report(title: str, parts: dict[str, float], floor: int | None) -> None:
    total = sum(parts.values())
    words = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in sorted(parts.items()))
    verdict = f"; floor {floor} {'met' if total <= floor else 'MISSED'}" if floor else ""
    print(f"  idle site {title}: {total:.0f} MB ({words}){verdict}", flush=True)


if __name__ == "__main__":
    main()
