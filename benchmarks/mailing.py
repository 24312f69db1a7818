"""How fast e-mails leave: ours beside django-post_office, to a local relay that answers after 50 ms and at once.

    python -m benchmarks.mailing          (SQLite; with DATABASE_URL set, that PostgreSQL)

One drain slot of a real worker; post_office, put into a temporary folder, with its own defaults, by its own command.
The relay, aiosmtpd, has a process of its own. Takes about a minute.
"""

import asyncio
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
PEER = ("django-post-office==3.12.0", "nh3")  # its other needs are ours, too
# Seconds the relay takes for a letter, letters of ours and of the peer, and ours / peer: floor and goal.
CASES = ((0.05, 1500, 400, 3, 6), (0.0, 1500, 1000, 1, 1.5))
RUNS = 3
PATIENCE = 120  # seconds


class Relay:
    """Takes every letter, `delay` seconds after its last line. Lives in a process of its own."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.arrived_at: list[float] = []

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:
        await asyncio.sleep(self.delay)
        self.arrived_at.append(time.monotonic())
        return "250 OK"


def serve(pipe: Connection) -> None:
    asyncio.run(serve_until_killed(pipe))


async def serve_until_killed(pipe: Connection) -> None:
    """Tells its port; answers each delay by beginning anew, each question with what has arrived when."""
    from aiosmtpd.smtp import SMTP

    relay, loop = Relay(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(relay, hostname="relay.test", loop=loop), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])

    def hear() -> None:
        said = pipe.recv()
        if isinstance(said, float):
            relay.delay, relay.arrived_at = said, []
        pipe.send(relay.arrived_at)

    loop.add_reader(pipe.fileno(), hear)
    await asyncio.Event().wait()


class Mailroom:
    """The relay as the measurement sees it."""

    def __init__(self) -> None:
        self.pipe, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
        self.process.start()
        self.port = self.pipe.recv()

    def ask(self, said: float | str) -> list[float]:
        self.pipe.send(said)
        return self.pipe.recv()

    def rate(self, count: int) -> float:
        """Wait for `count` letters; letters a second from the first to the last."""
        deadline = time.monotonic() + PATIENCE
        while len(times := self.ask("?")) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"Only {len(times)} of {count} letters arrived.")
            time.sleep(0.1)
        return (len(times) - 1) / (times[-1] - times[0])


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DATA_DIR"] = name
        os.environ["DRAIN_SLOTS"] = "1"
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{name}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        command = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--target", str(folder / "peer")]
        if subprocess.run([*command, *PEER], check=False).returncode:
            raise SystemExit("django-post_office could not be installed, so there is nothing to stand beside.")
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        mailroom = Mailroom()
        try:
            measure(mailroom, folder)
        finally:
            mailroom.process.kill()


def measure(mailroom: Mailroom, folder: Path) -> None:
    from django.db import connection

    from tests.makers import make_gateway

    config = {"host": "127.0.0.1", "port": str(mailroom.port), "security": "none", "sender": "orders@shop.example"}
    gateway = make_gateway("smtp", config=config)
    worker = subprocess.Popen([sys.executable, "manage.py", "qcluster"], cwd=ROOT, start_new_session=True)
    try:
        print(f"database: {connection.vendor}; one drain slot; medians of {RUNS} interleaved runs")
        for case in CASES:
            compare(mailroom, folder, gateway, *case)
    finally:
        worker.terminate()
        worker.wait(60)


def compare(
    mailroom: Mailroom, folder: Path, gateway: Any, delay: float, own: int, others: int, floor: float, goal: float
) -> None:
    ours, theirs = [], []
    for _run in range(RUNS):
        mailroom.ask(delay)
        post_office(folder, mailroom.port, others)
        theirs.append(mailroom.rate(others))
        mailroom.ask(delay)
        fill(gateway, own)
        ours.append(mailroom.rate(own))
    ratio = statistics.median(own / other for own, other in zip(ours, theirs, strict=True))
    print(
        f"e-mail, relay answers after {delay * 1000:.0f} ms: ours {statistics.median(ours):.0f}/s, post_office "
        f"{statistics.median(theirs):.0f}/s, ratio {ratio:.1f}; floor {floor} {'met' if ratio >= floor else 'MISSED'}, "
        f"goal {goal} {'met' if ratio >= goal else 'missed'}"
    )


def post_office(folder: Path, port: int, count: int) -> None:
    """In a process of its own: its app is none of ours."""
    paths = os.pathsep.join([str(ROOT), str(folder / "peer")])
    environment = {**os.environ, "PYTHONPATH": paths, "PEER_FOLDER": str(folder), "PEER_PORT": str(port)}
    environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.post_office_settings"
    command = [sys.executable, "-m", "benchmarks.peers.post_office", str(count)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def fill(gateway: Any, count: int) -> None:
    """Letters of some length, for as many addresses, due at once."""
    from locations.rows.bulk_insert import Builder, insert_all
    from messaging.outbox.models import Message

    build = Builder(Message)
    words = {"gateway": gateway, "channel": "email", "subject": "Your order", "body": "It is on its way. " * 10}
    insert_all([build(key=uuid.uuid4(), to=f"k{number}@example.com", **words) for number in range(count)])


if __name__ == "__main__":
    main()
