"""How the pages of the office grow with the orders: lists, filters, searches, cards, deletions, moves, the worker.

    python -m benchmarks.lists [--orders 1000000] [--small 10000] [--rounds 7]

On SQLite; with DATABASE_URL set to an empty PostgreSQL, on that one. Pages over HTTP from a real web process, first
with few orders, then with all; nobody runs ANALYZE. Then what a write holds up: its slowest statement.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

FLOOR_MS, GOAL_MS, GOAL_GROWTH, MOST_LOCKED_MS = 500, 200, 1.3, 100
ROOT = Path(__file__).resolve().parent.parent
Figures = dict[str, tuple[float, int]]
"""By title: ms of the quickest of some rounds, since other programs only add to it, and number of queries."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        measure(options.small, options.orders, options.rounds)


def measure(small: int, orders: int, rounds: int) -> None:
    from django.db import connection

    from benchmarks.filled.shop import Shop, fill
    from orders.models import StageChange

    print(f"database: {connection.vendor}")
    shop = Shop()
    fill(shop, 0, small)
    looks_few = looks(shop)  # pauses a gateway, which all pages say from then on
    few = ask_all(rounds)
    StageChange.objects.filter(pk__gt=small * 2).delete()  # of the moves: their keys are those of rows to come
    began = time.monotonic()
    fill(shop, small, orders)
    print(f"filled to {orders:,} orders in {time.monotonic() - began:.0f} s")
    many = ask_all(rounds)
    report(few, many, math.log10(orders / small))
    looks_many = looks(shop, waiting=orders // 20)
    growth = looks_many / looks_few
    print(f"the dispatcher's question: {looks_few:.2f} -> {looks_many:.2f} ms with {orders // 20:,} messages waiting")
    print(f"  grown x {growth:.2f}; floor 2, goal {GOAL_GROWTH}: {met(growth, 2, GOAL_GROWTH)}")
    if connection.vendor == "sqlite":
        report_writes()


def met(value: float, floor: float, goal: float) -> str:
    return "goal met" if value <= goal else "floor met" if value <= floor else "MISSED"


def ask_all(rounds: int) -> Figures:
    """Each page asked over HTTP, and once more here to count its queries."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from benchmarks.inbox_lists import Browser
    from tests.inbox.streams import start_web
    from tests.processes import Site

    settings.ALLOWED_HOSTS = ["*"]
    here = Client()
    here.force_login(get_user_model().objects.filter(is_superuser=True).first())
    figures: Figures = {}
    with Site() as site:
        browser = Browser(start_web(site))
        asked = {title: lambda address=address: browser.ask(address) for title, address in pages().items()}
        for title, ask in (asked | moves(browser)).items():
            ask()
            figures[title] = quickest_ms(ask, rounds), 0
    for title, address in pages().items():
        here.get(address)
        with CaptureQueriesContext(connection) as seen:
            here.get(address)
        figures[title] = figures[title][0], len(seen)
    return figures


def quickest_ms(ask: Callable[[], object], rounds: int) -> float:
    taken = []
    for _round in range(rounds):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def pages() -> dict[str, str]:
    """Title -> address, for an order in the middle of all."""
    from locations.models import Department
    from messaging.gateways.models import Gateway
    from messaging.robots.models import Robot
    from orders.models import Order, Stage

    newest = Order.objects.order_by("-pk")[0].pk
    order = Order.objects.get(pk=newest // 2)
    department, rare = (Department.objects.order_by(by)[0].pk for by in ("pk", "-pk"))
    robot, rare_robot = (Robot.objects.order_by(by)[0].pk for by in ("pk", "-pk"))
    user = 2
    phone = str(order.contact_phone.as_e164)
    month = f"placed_at_from={order.placed_at:%Y-%m-01}&placed_at_to={order.placed_at:%Y-%m-28}"
    lists = {
        "orders": {
            "": "/admin/orders/order/?",
            "last page": "p=200",
            "a stage": f"stage__id__exact={Stage.objects.first().pk}",
            "a department": f"department__id__exact={department}",
            "a small department": f"department__id__exact={rare}",
            "a department in a month": f"department__id__exact={department}&{month}",
            "dine-in": "fulfilment__exact=dine_in",
            "failed": "trouble=failed",
            "held": "trouble=held",
            "by number": f"q={order.number}",
            "by part of a number": f"q={order.number[-5:]}",
            "by name": "q=Kowalski",
            "by name and street": "q=zolkiewska+wspolna+17",
            "by phone": f"q=%2B{phone[1:]}",
            "by last digits": f"q={phone[-6:]}",
            "by e-mail": f"q={order.contact_email}",
            "by what nobody has": "q=nobody",
        },
        "clients": {"": "/admin/locations/client/?", "by name": "q=Kowalski", "by last digits": f"q={phone[-6:]}"},
        "locations": {"": "/admin/locations/location/?", "by name and street": "q=zolkiewska+wspolna+17"},
        "messages": {
            "": "/admin/outbox/message/?",
            "last page": "p=200",
            "advertising": "purpose__exact=advertising",
            "calls": "channel__exact=voice",
            "failed": "state__exact=failed",
            "failed e-mails": "state__exact=failed&channel__exact=email",
            "by phone": f"q=%2B{phone[1:]}",
            "by name": "q=Kowalski",
        },
        "steps": {
            "": "/admin/robots/robotstep/?",
            "of a robot": f"robot__id__exact={robot}",
            "of a seldom robot": f"robot__id__exact={rare_robot}",
            "that wait": "waiting=yes",
            "by number": f"q={order.number}",
        },
    }
    addresses = {
        f"{name}{title and ', '}{title}": some[""] + (query if title else "")
        for name, some in lists.items()
        for title, query in some.items()
    }
    autocomplete = "/admin/autocomplete/?app_label=locations&model_name=location&field_name=client&term=Nowak"
    gateway = Gateway.objects.first().pk
    return addresses | {
        "held for approval": "/admin/robots/robotstep/held/",
        "an order": f"/admin/orders/order/{order.pk}/change/",
        "an order's history": f"/admin/orders/order/{order.pk}/history/",
        "a client": f"/admin/locations/client/{order.client_id}/change/",
        "the biggest client": "/admin/locations/client/1/change/",
        "a choice of clients": autocomplete,
        "clients to link": "/inbox/clients/?q=Nowak",
        "dashboard": "/admin/",
        "delete a department": f"/admin/locations/department/{department}/delete/",
        "delete a gateway": f"/admin/gateways/gateway/{gateway}/delete/",
        "delete a user": f"/admin/auth/user/{user}/delete/",
        "delete the biggest client": "/admin/locations/client/1/delete/",
    }


def moves(browser: Any) -> dict[str, Callable[[], object]]:
    """Moving many orders by the list's action, there and back again."""
    from orders.models import Order, Stage

    stages = list(Stage.objects.order_by("position").values_list("pk", flat=True)[2:4])

    def move(count: int) -> Callable[[], object]:
        keys = list(Order.objects.order_by("-pk").values_list("pk", flat=True)[1000 : 1000 + count])
        turn = iter(stages * 1000)

        def ask() -> object:
            chosen = [("action", f"move_to_stage_{next(turn)}"), ("do_not_notify", "on"), ("index", "0")]
            return browser.ask("/admin/orders/order/", [*chosen, *(("_selected_action", key) for key in keys)])

        return ask

    return {"move 50 orders": move(50), "move 500 orders": move(500)}


def report(few: Figures, many: Figures, tens: float) -> None:
    slow, grown, more = [], [], []
    for title, (ms, queries) in many.items():
        growth = (ms / few[title][0]) ** (1 / tens)
        print(f"{title}: {few[title][0]:.0f} -> {ms:.0f} ms, x {growth:.2f} per ten times, {queries} queries")
        slow.append((ms, title))
        grown.append((growth, title))
        more += [title] if queries > few[title][1] else []
    (worst, slowest), (most, fastest) = max(slow), max(grown)
    good = sum(ms <= GOAL_MS for ms, _title in slow)
    flat = sum(growth <= GOAL_GROWTH for growth, _title in grown)
    print(f"  pages within {GOAL_MS} ms: {good} of {len(slow)}, the slowest {worst:.0f} ms ({slowest});", end="")
    print(f" floor {FLOOR_MS}, goal {GOAL_MS}: {met(worst, FLOOR_MS, GOAL_MS)}")
    print(f"  pages that grow by x {GOAL_GROWTH} at most per ten times: {flat} of {len(grown)},", end="")
    print(f" the worst x {most:.2f} ({fastest}); floor 2, goal {GOAL_GROWTH}: {met(most, 2, GOAL_GROWTH)}")
    print(f"  pages with more queries: {', '.join(more) or 'none'}; floor none: {'MISSED' if more else 'met'}")


def looks(shop: Any, waiting: int = 0) -> float:
    """ms of the question that the dispatcher asks while messages wait behind a paused gateway."""
    from django.utils import timezone

    from benchmarks.filled.shop import fill_queue
    from messaging.worker.clock import database_now
    from messaging.worker.due import free_slot_with_work
    from messaging.worker.slots import host_name, prepare_slots

    fill_queue(shop, waiting)
    prepare_slots()
    return quickest_ms(lambda: free_slot_with_work(host_name(), timezone.now(), database_now()), 200)


def report_writes() -> None:
    """Of SQLite, where whoever writes holds up all others who want to."""
    from benchmarks.filled.writing import slowest_of_writes

    worst = slowest_of_writes()
    for title, (ms, sql) in worst.items():
        print(f"{title}: the slowest statement within a transaction {ms:.0f} ms: {sql[:60]}")
    ms = max(ms for ms, _sql in worst.values())
    words = met(ms, MOST_LOCKED_MS, MOST_LOCKED_MS)
    print(f"  slowest statement within a write: {ms:.0f} ms; floor and goal {MOST_LOCKED_MS}: {words}")


if __name__ == "__main__":
    main()
