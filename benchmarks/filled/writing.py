"""What holds SQLite's one write lock: the slowest statement within each write that people and the worker make."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from messaging.inbox.retention import prune_chats
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import resend
from notify_site.serving.retention import RULES
from orders.models import Order, Stage
from orders.moves import move_orders, move_to

ROUNDS = 3
"""Of each write, on rows of its own; the quickest one counts, since other programs' work is in all of them."""
IN_FILE = 2000
Statement = tuple[float, str]
"""ms, SQL."""


def slowest_of_writes() -> dict[str, Statement]:
    return {title: min(slowest(write, number) for number in range(ROUNDS)) for title, write in writes().items()}


def writes() -> dict[str, Callable[[int], object]]:
    """By title; each takes the number of its round."""
    stages = Stage.objects.order_by("-position")
    now = timezone.now()

    def rows(first: int, count: int) -> list[Order]:
        return list(Order.objects.order_by("-pk").select_related("location")[first : first + count])

    def move_many(number: int) -> None:
        move_orders([(order, stages[number % 2]) for order in rows(2000 + number * 500, 500)], notify=False)

    def move_by_file(number: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = write_moves(Path(folder) / "moves.csv", rows(10_000 + number * IN_FILE, IN_FILE), stages[2].name)
            with open(os.devnull, "w") as nothing:
                call_command("import_orders", str(path), stdout=nothing)

    return {
        "moving 500 orders": move_many,
        f"a file that moves {IN_FILE:,} orders": move_by_file,
        "moving one order": lambda number: move_to(rows(4000 + number, 1)[0], stages[number % 2]),
        "sending a message again": lambda number: resend(
            Message.objects.filter(state="failed").order_by("-pk")[number]
        ),
        "retention of chats": lambda _number: prune_chats(now, 500),
        "retention of all else": lambda _number: [remove(now, 500) for name, remove in RULES if name not in CHATS],
    }


CHATS = {"KEEP_CHATS_DAYS", "KEEP_CHAT_EVENTS_DAYS"}


def write_moves(path: Path, orders: list[Order], stage: str) -> Path:
    """A file in which each of these orders has got to the stage."""
    with path.open("w", encoding="utf-8") as file:
        file.write("orderNumber;clientName;address;stage\n")
        for order in orders:
            file.write(f"{order.number};{order.location.client_name};{order.location.address};{stage}\n")
    return path


def slowest(write: Callable[[int], object], number: int) -> Statement:
    with timed() as taken:
        write(number)
    return max(taken, default=(0, ""))


@contextmanager
def timed() -> Iterator[list[Statement]]:
    taken: list[Statement] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            if connection.in_atomic_block:
                taken.append(((time.perf_counter() - began) * 1000, sql))

    with connection.execute_wrapper(watch):
        yield taken
