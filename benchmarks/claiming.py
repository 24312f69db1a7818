"""How fast messages are claimed and marked in windows of 500, with 10,000 and with 1,000,000 waiting.

    python -m benchmarks.claiming [--waiting 1000000]          (SQLite; with DATABASE_URL set, that PostgreSQL)

Ours does the whole job: checks, claim, outcome, one row per try. Peer in the same run: the ORM's bulk_update of as many
rows, to "sending" and to "sent", without any check. No network.
"""

import argparse
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from benchmarks.imports import verdict, with_database

WINDOW = 500
WINDOWS = 6
CHUNK = 10_000
FLOOR, GOAL = 5, 10


def fill(gateway: Any, count: int) -> None:
    from django.db import connection, transaction

    from locations.rows.bulk_insert import Builder, insert_all
    from messaging.outbox.models import Message

    for _chunk in range(0, count, CHUNK):
        build = Builder(Message)
        with transaction.atomic():
            insert_all(
                [
                    build(key=uuid.uuid4(), gateway=gateway, channel="sms", to=f"+4850{number:07}", body="B", lane=1)
                    for number in range(CHUNK)
                ]
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def ours(_gateway: Any) -> None:
    from django.db import transaction
    from django.utils import timezone

    from messaging.gateways.adapters import Accepted
    from messaging.outbox.queue.claiming import claim_messages
    from messaging.outbox.sending.recording import Result, apply, store

    claim = uuid.uuid4()
    with transaction.atomic():
        messages = claim_messages(claim, lambda _gateway, _lane: WINDOW, WINDOW, timezone.now())
    assert len(messages) == WINDOW
    results = [Result(message, Accepted("id"), timezone.now(), 1) for message in messages]
    for result in results:
        apply(result.message, result.outcome)
    with transaction.atomic():
        store(results, claim)


def peer(gateway: Any) -> None:
    from django.db import transaction
    from django.utils import timezone

    from messaging.outbox.models import Message
    from messaging.outbox.states import MessageState

    waiting = Message.objects.filter(gateway=gateway, state=MessageState.QUEUED, lane=1, send_at__lte=timezone.now())
    with transaction.atomic():
        messages = list(waiting.select_for_update(skip_locked=True).order_by("send_at", "pk")[:WINDOW])
        for message in messages:
            message.state, message.claim, message.attempts = MessageState.SENDING, uuid.uuid4(), 1
        Message.objects.bulk_update(messages, ["state", "claim", "attempts"])
    for message in messages:
        message.state, message.sent_at, message.provider_id = MessageState.SENT, timezone.now(), "id"
    with transaction.atomic():
        Message.objects.bulk_update(messages, ["state", "sent_at", "provider_id"])


def rate(work: Callable[[Any], None], gateway: Any) -> float:
    started = time.perf_counter()
    work(gateway)
    return WINDOW / (time.perf_counter() - started)


def compare(gateway: Any, waiting: int) -> float:
    """Interleaved windows, after one of each that warms up; returns our rows a second."""
    pairs = [(rate(ours, gateway), rate(peer, gateway)) for _window in range(WINDOWS + 1)][1:]
    own, other = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(one / two for one, two in pairs)
    print(f"{waiting:,} waiting: ours {own:,.0f} rows/s, bulk_update {other:,.0f} rows/s")
    print(f"  claim + mark, {waiting:,} waiting: {ratio:.1f} times bulk_update; {verdict(ratio, FLOOR, GOAL)}")
    return own


def measure(many: int) -> None:
    from django.db import connection

    from tests.makers import make_gateway

    print(f"claim + mark in windows of {WINDOW}, {connection.vendor}")
    gateway = make_gateway("twilio_sms", concurrency=WINDOW)
    few = 2 * CHUNK
    fill(gateway, few)
    before = compare(gateway, few - CHUNK)
    fill(gateway, many - few)
    after = compare(gateway, many)
    share = after / before
    print(f"  speed with {many:,} waiting / with {few - CHUNK:,}: {share:.2f}; {verdict(share, 0.5, 0.8)}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waiting", type=int, default=1_000_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        from django.conf import settings

        settings.DATABASES["default"].setdefault("TEST", {"NAME": None})
        if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
            settings.DATABASES["default"]["TEST"] = {"NAME": Path(folder) / "bench.sqlite3"}
        django.setup()
        with_database(lambda: measure(given.waiting))


if __name__ == "__main__":
    main()
