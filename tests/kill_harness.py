"""Kills and stops a running site's processes at random, and counts what its customers got.

    python -m tests.kill_harness --seconds 120 --seed 7       (SQLite; with DATABASE_URL set, that PostgreSQL)

The judge is a local server that speaks Twilio's contract and remembers every message. Some of its answers come too
late, some are "slow down", and what it lists lags behind. Orders for thousands of numbers keep coming in while worker,
dispatcher, monitor, sentinel, main process and web server are killed (-9) or stopped for longer than a lease. Where
the machine allows it the last host's clock is 3 s ahead, and the disk is full now and then (tests/trouble.py).
When the time is up everything may calm down, and the provider is asked about all doubts; then each message must have
arrived exactly once, or be in doubt.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import psutil

from tests import trouble
from tests.kill_verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent
KILL_PAUSE = (0.4, 1.6)
STOP_SHARE = 0.15  # of the kills are stops (SIGSTOP) instead
TIMEOUT = 2  # seconds the gateway waits for an answer; its lease is 10 longer
STOP_SECONDS = TIMEOUT + 11
DISK_MEGABYTES = 160
MOST_SENTENCES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--no-kills", action="store_true", help="kill nothing: the trouble comes from elsewhere")
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="gonets-kill-") as folder,
        trouble.SmallDisk(Path(folder), DISK_MEGABYTES) as disk,
    ):
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/kill.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        from django.db import connection

        print(
            f"{connection.vendor}, {options.hosts} hosts, seed {options.seed}, {options.seconds:.0f} s ...", flush=True
        )
        tell_troubles(options.hosts, disk)
        filler = trouble.Filler(trouble.disks(disk))
        verdict = put_under_fire(options, filler)
        print(f"{connection.vendor}: {verdict}")
        if filler.times:
            print(f"  the disk was full {filler.times} times, {trouble.FULL_SECONDS} s each")
        for sentence in verdict.wrong[:MOST_SENTENCES]:
            print(f"  {sentence}")
        if not verdict.is_clean:
            print(f"  what the hosts logged is kept in {keep_logs(Path(folder))}")
            sys.exit(1)


def keep_logs(folder: Path) -> Path:
    """Copies of the hosts' logs, whose own disk goes away."""
    kept = Path(tempfile.mkdtemp(prefix="gonets-kill-logs-"))
    for log in folder.glob("*/site.log"):
        shutil.copy(log, kept / f"{log.parent.name}.log")
    return kept


def tell_troubles(hosts: int, disk: trouble.SmallDisk) -> None:
    """What besides kills will be tried, and what can't be here; never pretending."""
    if trouble.wrong_clock():
        print(f"  the clock of host{hosts - 1} is {trouble.CLOCK_AHEAD} s ahead")
    else:
        print("  NOT tried: a host's wrong clock, since libfaketime is not installed (Debian: apt install faketime)")
    if disk.problem:
        print(f"  NOT tried: a full disk, since no small one can be mounted here ({disk.problem})")
    else:
        print(f"  the hosts' disk has {disk.megabytes} MB and is full now and then", flush=True)


def put_under_fire(options: argparse.Namespace, filler: trouble.Filler) -> Verdict:
    """Run a site's hosts on the configured database under fire, let them calm down, judge."""
    from tests.kill_orders import Producer, calm_down, judge
    from tests.makers import make_gateway, make_robot, make_stages

    verdict = Verdict()
    with trouble.moody_provider(options.seed) as twilio:
        make_gateway("twilio_sms", config=twilio.config(), timeout_seconds=TIMEOUT)
        make_robot(make_stages()["new"], body="{order_number}")
        clocks = [{}] * (options.hosts - 1) + [trouble.wrong_clock()]
        sites = [start_site(f"host{number}", clock) for number, clock in enumerate(clocks)]
        try:
            for site in sites:
                wait_for_pool(site)
            producer = Producer()
            producer.start()
            filler.start()
            if options.no_kills:
                time.sleep(options.seconds)
            else:
                attack(sites, options.seconds, random.Random(options.seed), verdict)
            filler.stop()
            producer.stop()
            verdict.messages = producer.placed
            calm_down()
        finally:
            for site in sites:
                end(site)
        judge(twilio, verdict)
    return verdict


def start_site(name: str, clock: dict[str, str]) -> subprocess.Popen:
    """A host: a supervisor, web server and worker of its own, with the database and the secrets of all."""
    from django.conf import settings

    from tests.processes import free_port

    folder = Path(os.environ["DATA_DIR"]) / name
    folder.mkdir()
    own = {"DATA_DIR": str(folder), "HOST_NAME": name, "PORT": str(free_port())}
    own |= {"RETRY_DELAYS": "1,1,1,1,1,1,1,1", "LOOK_UP_DELAYS": trouble.LOOK_UP_DELAYS}
    shared = {"SECRET_KEY": settings.SECRET_KEY, "CREDENTIALS_KEYS": ",".join(settings.CREDENTIALS_KEYS)}
    environment = {**os.environ, **own, **shared, **clock}
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
        if "notify_site.web" in " ".join(process.cmdline()):
            return "web"
        ancestors = [parent.pid for parent in process.parents()]
        return {0: "main", 1: "sentinel"}.get(ancestors.index(supervisor), "pool")
    except (psutil.NoSuchProcess, ValueError):
        return "gone"


if __name__ == "__main__":
    main()
