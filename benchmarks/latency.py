"""How soon: a stage change to the provider's request on an idle system, and how late a delayed message is.

    python -m benchmarks.latency          (SQLite; with DATABASE_URL set, that PostgreSQL)

A real worker, a real local server that speaks Twilio's contract. Peer in the same run: django-q2's own Schedule.
Also prints what the idle worker costs. Takes about two minutes.
"""

import datetime
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import psutil

MOVES = 200
DELAYED = 200
DELAYED_SECONDS = 20
SCHEDULED = 12
IDLE_SECONDS = 10
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        measure()


def measure() -> None:
    from django.conf import settings
    from django.db import connection

    from tests.gateways.twilio_server import TwilioServer
    from tests.makers import make_gateway

    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config())
        worker = subprocess.Popen([sys.executable, "manage.py", "qcluster"], cwd=ROOT, start_new_session=True)
        try:
            moves = stage_changes(twilio)
            lateness = delayed_messages(twilio)
            own = schedules()
            cpu, memory = idle_cost(worker.pid)
        finally:
            worker.terminate()
            worker.wait(30)
    print(f"database: {connection.vendor}; workers: {settings.WORKERS}")
    goal = 110 if connection.vendor == "sqlite" else 30
    line("stage change -> request at the gateway, ms", moves, floor=250, goal=goal)
    line("delayed message, lateness, ms", lateness, floor=1000, goal=250)
    line("peer: django-q2 Schedule.ONCE, lateness, ms", own)
    ratio = statistics.median(own) / max(statistics.median(lateness), 0.001)
    print(f"  median lateness: {ratio:.0f} times earlier than django-q2's schedule; none early: {min(lateness) >= 0}")
    print(f"idle worker: {cpu:.1f} % of a core, {memory:.0f} MB (PSS of all its processes)")


def line(title: str, figures: list[float], floor: float | None = None, goal: float | None = None) -> None:
    """One row: median, 99 %, maximum; how it stands to the floor and the goal (for the 99 %)."""
    ordered = sorted(figures)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    verdict = ""
    if floor is not None:
        met = "met" if p99 <= goal else "missed"
        verdict = f"  floor p99 <= {floor:.0f} {'met' if p99 <= floor else 'MISSED'}, goal <= {goal:.0f} {met}"
    print(f"{title}: p50 {statistics.median(ordered):.0f}, p99 {p99:.0f}, max {ordered[-1]:.0f}{verdict}")


def wait_for(server: object, count: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while len(server.arrived_at) < count:
        if time.monotonic() > deadline:
            raise SystemExit(f"Only {len(server.arrived_at)} of {count} requests arrived.")
        time.sleep(0.01)


def stage_changes(twilio: object) -> list[float]:
    """Milliseconds from the commit of a move to the request, one order at a time."""
    from orders.moves import move_to
    from tests.makers import make_order, make_robot, make_stages

    stages = make_stages()
    robot = make_robot(stages["ready"])
    orders = [make_order(contact_phone="+48501234567") for _ in range(MOVES + 1)]
    move_to(orders.pop(), stages["ready"])  # the worker is up and connected
    wait_for(twilio, 1)
    figures = []
    for order in orders:
        time.sleep(random.uniform(0.05, 0.2))
        before = len(twilio.arrived_at)
        move_to(order, stages["ready"])
        committed = time.monotonic()
        wait_for(twilio, before + 1)
        figures.append((twilio.arrived_at[-1] - committed) * 1000)
    robot.delete()
    return figures


def delayed_messages(twilio: object) -> list[float]:
    """Milliseconds after its due time at which each delayed message arrives."""
    from django.utils import timezone

    from messaging.robots.models import RobotStep
    from orders.moves import place_orders
    from tests.makers import make_location, make_robot, make_stages

    make_robot(make_stages()["new"], body="{order_number}", delay_minutes=1)
    location = make_location(phone="+48501234567")
    from orders.models import Order

    orders = [Order(number=f"D{n}", location=location, client=location.client) for n in range(DELAYED)]
    place_orders(orders)
    start = timezone.now() + datetime.timedelta(seconds=3)
    due = {}
    for order in orders:
        due[order.number] = start + datetime.timedelta(seconds=random.uniform(0, DELAYED_SECONDS))
        RobotStep.objects.filter(order=order).update(due_at=due[order.number])
    before = len(twilio.arrived_at)
    offset = time.time() - time.monotonic()
    wait_for(twilio, before + DELAYED)
    arrived = zip(twilio.requests[before:], twilio.arrived_at[before:], strict=True)
    return [(at + offset - due[form["Body"]].timestamp()) * 1000 for form, at in arrived]


def schedules() -> list[float]:
    """The same for django-q2's own schedules, which write down when they ran."""
    from django.utils import timezone
    from django_q.models import Schedule
    from django_q.tasks import schedule

    target = Path(os.environ["DATA_DIR"]) / "schedules"
    due = []
    for number in range(SCHEDULED):
        due.append(timezone.now() + datetime.timedelta(seconds=2 + number * 30 / SCHEDULED))
        schedule("benchmarks.latency.note", str(target), number, schedule_type=Schedule.ONCE, next_run=due[-1])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and (not target.exists() or len(target.read_text().split()) < 2 * SCHEDULED):
        time.sleep(0.2)
    rows = [row.split() for row in target.read_text().splitlines()]
    return [(float(ran_at) - due[int(number)].timestamp()) * 1000 for number, ran_at in rows]


def note(target: str, number: int) -> None:
    """The scheduled task: one line with its number and the time."""
    with Path(target).open("a") as out:
        out.write(f"{number} {time.time()}\n")


def idle_cost(pid: int) -> tuple[float, float]:
    """(percent of a core, megabytes) of the worker's processes while nothing is due."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    before = sum(sum(process.cpu_times()[:2]) for process in family)
    time.sleep(IDLE_SECONDS)
    spent = sum(sum(process.cpu_times()[:2]) for process in family) - before
    memory = sum(process.memory_full_info().pss for process in family) / 1024**2
    return 100 * spent / IDLE_SECONDS, memory


if __name__ == "__main__":
    main()
