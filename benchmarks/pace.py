"""A provider that takes ten messages a second and tells the rest to slow down: is any lost, and how fast do they go?

    python -m benchmarks.pace                     (SQLite; with DATABASE_URL set, that PostgreSQL)
    python -m benchmarks.pace --messages 150

Real workers, two hosts on PostgreSQL, one on SQLite, and a real local server that speaks Twilio's contract. An order's
message comes while campaign messages wait. Takes about two minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
PER_SECOND = 10
FIRST_SECONDS = 5  # in which the pace is learnt
URGENT_AFTER = 8  # seconds
MOST_URGENT_SECONDS = 2.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--messages", type=int, default=1000)
    count = options.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        measure(count)


def measure(count: int) -> None:
    from django.db import connection

    from tests.gateways.twilio_moods import Moods
    from tests.gateways.twilio_server import TwilioServer
    from tests.makers import make_gateway

    hosts = ["a", "b"] if connection.vendor == "postgresql" else ["a"]
    with TwilioServer(moods=Moods(per_second=PER_SECOND), retry_after="1") as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        fill(gateway, count)
        workers = [start(host) for host in hosts]
        try:
            waited = send_urgent(twilio, gateway)
            wait_for(twilio, count + 1, count)
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait(60)
        report(twilio, count + 1, waited, len(hosts))


def start(host: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HOST_NAME": host}
    return subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=ROOT, start_new_session=True, env=environment
    )


def fill(gateway: Any, count: int) -> None:
    from messaging.outbox.models import Lane, Message

    build = [
        Message(gateway=gateway, channel="sms", to=f"+48501{number:06}", body=f"M{number}", lane=Lane.CAMPAIGNS)
        for number in range(count)
    ]
    Message.objects.bulk_create(build, batch_size=500)


def send_urgent(twilio: Any, gateway: Any) -> float:
    """Seconds from queueing an order's message to its acceptance, while the others wait."""
    from messaging.outbox.models import Message
    from messaging.outbox.queue.actions import queue_messages

    time.sleep(URGENT_AFTER)
    queued_at = time.monotonic()
    queue_messages([Message(gateway=gateway, channel="sms", to="+48509999999", body="urgent")])
    while time.monotonic() < queued_at + 60:
        for form, at in zip(list(twilio.messages), list(twilio.moods.taken_at), strict=False):
            if form["Body"] == "urgent":
                return at - queued_at
        time.sleep(0.05)
    return float("inf")


def wait_for(twilio: Any, count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while len(twilio.messages) < count and time.monotonic() < deadline:
        time.sleep(0.25)
    time.sleep(1)  # for the answers to be stored


def report(twilio: Any, count: int, waited: float, hosts: int) -> None:
    from django.db import connection

    from messaging.outbox.models import Message
    from messaging.outbox.states import MessageState

    sent = Message.objects.filter(state=MessageState.SENT).count()
    failed = Message.objects.exclude(state=MessageState.SENT).count()
    first = twilio.arrived_at[0]
    late = [at for at in twilio.arrived_at if at >= first + FIRST_SECONDS]
    most = max((sum(start <= at < start + 1 for at in late) for start in late), default=0)
    took = twilio.moods.taken_at[-1] - first
    told = len(twilio.arrived_at) - len(twilio.messages)
    print(f"database: {connection.vendor}; {hosts} hosts; {count} messages, {PER_SECOND}/s taken, {told} told to wait")
    print(
        f"sent {sent}, not sent {failed}, twice {len(twilio.messages) - count}; {count / took:.1f}/s over {took:.0f} s"
    )
    print(
        f"most in a second after the first {FIRST_SECONDS}: {most}; "
        f"floor {PER_SECOND + 1} {met(most <= PER_SECOND + 1)}"
    )
    print(f"all sent, none twice: floor {count} {met(sent == count == len(twilio.messages))}")
    print(
        f"order's message among them after {waited:.2f} s; "
        f"floor {MOST_URGENT_SECONDS} {met(waited <= MOST_URGENT_SECONDS)}"
    )


def met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    main()
