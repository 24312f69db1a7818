"""How fast messages leave: ours beside a bare aiohttp client and the official Twilio client, in the same run.

    python -m benchmarks.sending          (SQLite; with DATABASE_URL set, that PostgreSQL)

One drain slot of a real worker against a local server that speaks Twilio's contract, in a process of its own, answering
after 100 ms and at once. Then stage changes while a large campaign drains. Takes about two minutes.
"""

import asyncio
import logging
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
import django

ROOT = Path(__file__).resolve().parent.parent
# Seconds the server takes to answer, requests at a time, messages, and what ours / aiohttp shall be: floor and goal.
CASES = ((0.1, 64, 3000, 0.7, 0.9), (0.1, 256, 6000, 0.7, 0.8), (0.0, 64, 6000, 0.35, 0.6))
RUNS = 3
CAMPAIGN = 200_000
URGENT = 60


def serve(pipe: Connection) -> None:
    """The provider's process: answers `delay` changes, and asks for what arrived since the last one."""
    from tests.gateways.twilio_server import TwilioServer

    with TwilioServer() as server:
        pipe.send(server.config())
        while True:
            delay = pipe.recv()
            if isinstance(delay, float):
                server.delay = delay
                server.requests.clear()
                server.messages.clear()
                server.arrived_at.clear()
            bodies = [form["Body"] for form in server.requests]
            pipe.send(list(zip(bodies, list(server.arrived_at), strict=False)))


class Provider:
    """The server as the measurement sees it."""

    def __init__(self) -> None:
        self.pipe, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
        self.process.start()
        self.config = self.pipe.recv()

    def reset(self, delay: float) -> None:
        self.pipe.send(delay)
        self.pipe.recv()

    def arrived(self) -> list[tuple[str, float]]:
        self.pipe.send("?")
        return self.pipe.recv()

    def rate(self, count: int, seconds: float = 120) -> float:
        """Wait for `count` requests; requests a second from the first to the last."""
        deadline = time.monotonic() + seconds
        while len(arrived := self.arrived()) < count and time.monotonic() < deadline:
            time.sleep(0.25)
        times = [at for _body, at in arrived]
        return (len(times) - 1) / (times[-1] - times[0])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DRAIN_SLOTS"] = "1"
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        provider = Provider()
        measure(provider)
        provider.process.kill()


def measure(provider: Provider) -> None:
    from django.db import connection

    from tests.makers import make_gateway

    gateway = make_gateway("twilio_sms", config=provider.config, concurrency=64)
    worker = subprocess.Popen([sys.executable, "manage.py", "qcluster"], cwd=ROOT, start_new_session=True)
    try:
        print(f"database: {connection.vendor}; one drain slot; medians of {RUNS} interleaved runs")
        for case in CASES:
            compare(provider, gateway, *case)
        gateway.concurrency = 64
        gateway.save()
        urgent(provider, gateway)
    finally:
        worker.terminate()
        worker.wait(60)


def compare(provider: Provider, gateway: Any, delay: float, places: int, count: int, floor: float, goal: float) -> None:
    gateway.concurrency = places
    gateway.save()
    bare, official, own = [], [], []
    for _ in range(RUNS):
        provider.reset(delay)
        asyncio.run(bare_aiohttp(provider.config, count, places))
        bare.append(provider.rate(count))
        provider.reset(delay)
        few = count // 4
        official_client(provider.config, few)
        official.append(provider.rate(few))
        provider.reset(delay)
        fill(gateway, count)
        own.append(provider.rate(count))
    ratio = statistics.median(o / b for o, b in zip(own, bare, strict=True))
    twice = statistics.median(o / c for o, c in zip(own, official, strict=True))
    verdict = (
        f"floor {floor} {'met' if ratio >= floor else 'MISSED'}, goal {goal} {'met' if ratio >= goal else 'missed'}"
    )
    print(
        f"answer after {delay * 1000:.0f} ms, {places} at a time: ours {statistics.median(own):.0f}/s, bare aiohttp "
        f"{statistics.median(bare):.0f}/s, official client in 64 threads {statistics.median(official):.0f}/s"
    )
    print(f"  ours / aiohttp {ratio:.2f} ({verdict}); ours / official {twice:.1f}")


async def bare_aiohttp(config: dict[str, str], count: int, number: int) -> None:
    """The limit: the same requests, nothing stored, nothing checked."""
    url = f"{config['base_url']}/2010-04-01/Accounts/{config['account_sid']}/Messages.json"
    places = asyncio.Semaphore(number)
    login = {"Authorization": aiohttp.encode_basic_auth(config["account_sid"], config["auth_token"])}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=number), headers=login) as session:

        async def one(number: int) -> None:
            form = {"To": "+48501234567", "From": config["sender"], "Body": f"B{number}", "ValidityPeriod": "14400"}
            async with places, session.post(url, data=form) as answer:
                await answer.json()

        await asyncio.gather(*(one(number) for number in range(count)))


def official_client(config: dict[str, str], count: int) -> None:
    from twilio.rest import Client

    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its pool of 10 complains with every further thread
    client = Client(config["account_sid"], config["auth_token"])
    client.api.base_url = config["base_url"]

    def one(number: int) -> None:
        client.messages.create(to="+48501234567", from_=config["sender"], body=f"C{number}")

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(one, range(count)))


def fill(gateway: Any, count: int, lane: int = 0) -> None:
    from locations.rows.bulk_insert import Builder, insert_all
    from messaging.outbox.models import Message

    for start in range(0, count, 10_000):
        build = Builder(Message)
        insert_all(
            [
                build(key=uuid.uuid4(), gateway=gateway, channel="sms", to="+48501234567", body=f"M{number}", lane=lane)
                for number in range(start, min(count, start + 10_000))
            ]
        )


def urgent(provider: Provider, gateway: Any) -> None:
    """Milliseconds from a stage change to its request while a campaign drains."""
    from orders.moves import move_to
    from tests.makers import make_order, make_robot, make_stages

    stages = make_stages()
    make_robot(stages["ready"], body="{order_number}")
    orders = [make_order(number=f"U{number}", contact_phone="+48501234567") for number in range(URGENT)]
    provider.reset(0.1)
    fill(gateway, CAMPAIGN, lane=1)
    time.sleep(1)
    moved = {}
    for order in orders:
        time.sleep(random.uniform(0.05, 0.2))
        move_to(order, stages["ready"])
        moved[order.number] = time.monotonic()
    time.sleep(3)
    arrived = {body: at for body, at in provider.arrived() if body in moved}
    left = CAMPAIGN - (len(provider.arrived()) - len(arrived))
    figures = sorted((arrived.get(number, float("inf")) - at) * 1000 for number, at in moved.items())
    p99 = figures[int(len(figures) * 0.99)]
    print(
        f"stage change -> request while a campaign drains ({left} of {CAMPAIGN} still waiting): "
        f"p50 {statistics.median(figures):.0f} ms, p99 {p99:.0f} ms; floor 2000 "
        f"{'met' if p99 <= 2000 else 'MISSED'}, goal 300 {'met' if p99 <= 300 else 'missed'}"
    )


if __name__ == "__main__":
    main()
