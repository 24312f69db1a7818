"""Kills and stops a running site's processes at random, and counts what its customers got.

    python -m tests.kill_harness --seconds 120 --seed 7       (SQLite; with DATABASE_URL set, that PostgreSQL)

The judge is a local server that speaks Twilio's contract and remembers every request. Orders keep coming in while
worker, dispatcher, monitor, sentinel, main process and web server are killed (-9) or stopped for longer than a lease.
When the time is up everything may calm down; then each message must have arrived exactly once, or be in doubt.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import psutil

ROOT = Path(__file__).resolve().parent.parent
BATCH = 20
BATCH_PAUSE = 0.25  # seconds
KILL_PAUSE = (0.4, 1.6)
STOP_SHARE = 0.15  # of the kills are stops (SIGSTOP) instead
TIMEOUT = 2  # seconds the gateway waits for an answer; its lease is 10 longer
STOP_SECONDS = TIMEOUT + 11
CALM_SECONDS = 90


@dataclass
class Verdict:
    """What the judge found; `in_doubt` are also counted as arrived or not."""

    kills: Counter = field(default_factory=Counter)
    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    doubt_arrived: int = 0
    still_waiting: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        return (
            f"kills {sum(self.kills.values())} ({kinds}), messages {self.messages}, duplicates {self.duplicates}, "
            f"lost {self.lost}, in doubt {self.in_doubt} ({self.doubt_arrived} of them had arrived), "
            f"still waiting {self.still_waiting}"
        )

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.still_waiting or self.wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--no-kills", action="store_true", help="kill nothing: the trouble comes from elsewhere")
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gonets-kill-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/kill.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        from django.db import connection

        print(
            f"{connection.vendor}, {options.hosts} hosts, seed {options.seed}, {options.seconds:.0f} s ...", flush=True
        )
        verdict = put_under_fire(
            options.seconds, options.hosts, None if options.no_kills else random.Random(options.seed)
        )
        print(f"{connection.vendor}: {verdict}")
        for sentence in verdict.wrong:
            print(f"  {sentence}")
        if not verdict.is_clean:
            sys.exit(1)


def put_under_fire(seconds: float, hosts: int, chance: random.Random | None) -> Verdict:
    """Run a site's hosts on the configured database for `seconds` under fire, let them calm down, judge."""
    from tests.gateways.twilio_server import TwilioServer
    from tests.makers import make_gateway, make_robot, make_stages

    verdict = Verdict()
    with TwilioServer(delay=0.05) as twilio:
        make_gateway("twilio_sms", config=twilio.config(), timeout_seconds=TIMEOUT)
        make_robot(make_stages()["new"], body="{order_number}")
        sites = [start_site(f"host{number}") for number in range(hosts)]
        try:
            for site in sites:
                wait_for_pool(site)
            producer = Producer()
            producer.start()
            if chance is None:
                time.sleep(seconds)
            else:
                attack(sites, seconds, chance, verdict)
            producer.stop()
            verdict.messages = producer.placed
            calm_down()
        finally:
            for site in sites:
                end(site)
        judge(twilio, verdict)
    return verdict


def start_site(name: str) -> subprocess.Popen:
    """A host: a supervisor, web server and worker of its own, with the database and the secrets of all."""
    from django.conf import settings

    from tests.processes import free_port

    folder = Path(os.environ["DATA_DIR"]) / name
    folder.mkdir()
    own = {"DATA_DIR": str(folder), "HOST_NAME": name, "PORT": str(free_port()), "RETRY_DELAYS": "1,1,1,1,1,1,1,1"}
    shared = {"SECRET_KEY": settings.SECRET_KEY, "CREDENTIALS_KEYS": ",".join(settings.CREDENTIALS_KEYS)}
    environment = {**os.environ, **own, **shared}
    log = (folder / "site.log").open("wb")
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=log,
        stderr=log,
    )


def end(site: subprocess.Popen) -> None:
    for process in family(site):
        send(process, signal.SIGCONT)
    site.terminate()
    try:
        site.wait(40)
    except subprocess.TimeoutExpired:
        for process in family(site):
            send(process, signal.SIGKILL)
        site.kill()
        site.wait()


def family(site: subprocess.Popen) -> list[psutil.Process]:
    """Web server, worker and all their children; not the supervisor, which systemd or a person looks after."""
    try:
        return psutil.Process(site.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def send(process: psutil.Process, what: int) -> bool:
    try:
        process.send_signal(what)
    except psutil.NoSuchProcess:
        return False
    return True


def wait_for_pool(site: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while len(family(site)) < 8 and time.monotonic() < deadline:
        time.sleep(0.2)


class Producer(threading.Thread):
    """Orders that keep coming in, each to be told about once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.placed = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        from django.db import Error, IntegrityError, connections

        from tests.makers import make_location

        location = make_location(phone="+48501234567")
        while not self.is_over.wait(BATCH_PAUSE):
            try:
                self.place(location)
            except IntegrityError:  # the connection broke after the commit: they are in
                self.placed += BATCH
            except Error:
                connections.close_all()
            else:
                self.placed += BATCH

    def place(self, location: Any) -> None:
        from orders.models import Order
        from orders.moves import place_orders

        numbers = range(self.placed, self.placed + BATCH)
        place_orders([Order(number=f"K{n}", location=location, client=location.client) for n in numbers])

    def stop(self) -> None:
        self.is_over.set()
        self.join()


def attack(sites: list[subprocess.Popen], seconds: float, chance: random.Random, verdict: Verdict) -> None:
    """Kill or stop one random process at a time; stopped ones go on after their lease is over."""
    stopped: list[tuple[float, psutil.Process]] = []
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        time.sleep(chance.uniform(*KILL_PAUSE))
        for due, process in list(stopped):
            if time.monotonic() >= due:
                send(process, signal.SIGCONT)
                stopped.remove((due, process))
        site = chance.choice(sites)
        processes = family(site)
        by_role: dict[str, list[psutil.Process]] = {}
        for process in processes:
            by_role.setdefault(role_of(process, site.pid), []).append(process)
        if "pool" not in by_role:
            continue  # it is just starting: a killed start proves nothing
        role = chance.choice(["pool", "pool", *sorted(by_role)])
        victim = chance.choice(by_role[role])
        if chance.random() < STOP_SHARE:
            if send(victim, signal.SIGSTOP):
                stopped.append((time.monotonic() + STOP_SECONDS, victim))
                verdict.kills["stopped"] += 1
        elif chance.random() < 0.1:
            for process in processes:
                send(process, signal.SIGKILL)
            verdict.kills["whole group"] += 1
        elif send(victim, signal.SIGKILL):
            verdict.kills[role] += 1
    for _due, process in stopped:
        send(process, signal.SIGCONT)


def role_of(process: psutil.Process, supervisor: int) -> str:
    """web, main, sentinel or pool: by its depth below the supervisor."""
    try:
        if "uvicorn" in " ".join(process.cmdline()):
            return "web"
        ancestors = [parent.pid for parent in process.parents()]
        return {0: "main", 1: "sentinel"}.get(ancestors.index(supervisor), "pool")
    except (psutil.NoSuchProcess, ValueError):
        return "gone"


def calm_down() -> None:
    """Wait until nothing is due any more, at most CALM_SECONDS."""
    from django.db import connections

    from messaging.outbox.models import Message, MessageState
    from messaging.robots.models import RobotRun, StepState

    connections.close_all()  # they may have been broken meanwhile
    deadline = time.monotonic() + CALM_SECONDS
    waiting = [MessageState.QUEUED, MessageState.SENDING]
    while time.monotonic() < deadline:
        messages = Message.objects.filter(state__in=waiting).exists()
        if not messages and not RobotRun.objects.filter(state=StepState.PLANNED).exists():
            return
        time.sleep(0.5)


def judge(twilio: Any, verdict: Verdict) -> None:
    """Compare what the provider received with what the outbox says."""
    from messaging.outbox.models import Message, MessageState
    from messaging.robots.models import RobotRun, StepState

    arrived = Counter(form["Body"] for form in twilio.requests)
    states = dict(Message.objects.values_list("body", "state"))
    verdict.duplicates = sum(count - 1 for count in arrived.values())
    verdict.still_waiting = RobotRun.objects.filter(state=StepState.PLANNED).count()
    for number in range(verdict.messages):
        body = f"K{number}"
        state = states.get(body)
        if state in (MessageState.QUEUED, MessageState.SENDING):
            verdict.still_waiting += 1
        elif state == MessageState.IN_DOUBT:
            verdict.in_doubt += 1
            verdict.doubt_arrived += body in arrived
        elif state == MessageState.SENT and body not in arrived:
            verdict.wrong.append(f"{body} is said to be sent, but never arrived.")
        elif state != MessageState.SENT:
            verdict.lost += 1
            verdict.wrong.append(f"{body} is {state or 'nowhere'}.")


if __name__ == "__main__":
    main()
