"""How fast operators work with 200,000 conversations and 1,000,000 messages: list, search, open, send.

    python -m benchmarks.inbox_lists [--conversations 200000] [--rounds 60]

On SQLite; with DATABASE_URL set to an empty PostgreSQL, on that one. Over HTTP from a real web process, as a browser
asks; first with a tenth of the data, then with all. Peer in the same run: the list as a naive query counts it.
"""

import argparse
import datetime
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import django

MESSAGES_EACH = 5
PAGE_GOAL, SEARCH_GOAL, GROWTH_GOAL = 60, 150, 1.3  # ms, ms, times
ROOT = Path(__file__).resolve().parent.parent
Figures = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        measure(options.conversations, options.rounds)


def measure(conversations: int, rounds: int) -> None:
    from django.db import connection

    from messaging.inbox.models import ChatSettings
    from tests.processes import Site

    print(f"database: {connection.vendor}")
    ChatSettings.current()
    ChatSettings.objects.update(is_on=True)
    fill(0, conversations // 10)
    with Site() as site:
        small = ask_all(site, conversations // 10, rounds)
    began = time.monotonic()
    fill(conversations // 10, conversations)
    print(f"filled in {time.monotonic() - began:.0f} s")
    with Site() as site:
        large = ask_all(site, conversations, rounds)
    report(small, large, conversations)
    naive()


def fill(first: int, last: int) -> None:
    """Clients, conversations (one in a hundred unread, ten zones, three lines) and five messages each."""
    from django.db import connection
    from django.utils import timezone

    from locations.models import Client, DeliveryZone
    from messaging.inbox.lines.lines import line_of, web_line
    from messaging.inbox.models import ChatMessage, Conversation, LineKind
    from tests.makers import make_gateway

    zones = list(DeliveryZone.objects.all()) or [DeliveryZone.objects.create(name=f"Zone {n}") for n in range(10)]
    lines = [web_line()] if first else [web_line(), line_of(make_gateway(), LineKind.SMS)]
    now = timezone.now()
    words = ["water", "pizza", "bottle", "courier", "address", "glasses", "evening", "payment", "thanks", "invoice"]
    for start in range(first, last, 5_000):
        numbers = range(start, min(start + 5_000, last))
        clients = Client.objects.bulk_create(Client(name=f"Client Kowalski{n // 3:07}") for n in numbers)
        rows = []
        for n, client in zip(numbers, clients, strict=True):
            at = now - datetime.timedelta(seconds=(last - n) * 7)
            rows.append(
                Conversation(
                    client=client,
                    title=client.name,
                    zone=zones[n % 10],
                    line=lines[n % len(lines)],
                    last_at=at,
                    last_words=f"{words[n % 10]} {n}",
                    last_sender="client",
                    is_unread=n % 100 == 0,
                    unread=int(n % 100 == 0),
                    newest_id=n * MESSAGES_EACH,
                )
            )
        conversations = Conversation.objects.bulk_create(rows)
        said = [
            ChatMessage(
                conversation=conversation,
                sender="client" if part % 2 == 0 else "operator",
                line=conversation.line,
                text=f"{words[(conversation.pk + part) % 10]} {words[conversation.pk // 10 % 10]} {conversation.pk:07}",
                at=conversation.last_at,
            )
            for conversation in conversations
            for part in range(MESSAGES_EACH)
        ]
        ChatMessage.objects.bulk_create(said, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Browser:
    """One operator's browser, logged in, with a kept connection."""

    def __init__(self, port: int) -> None:
        from django.middleware.csrf import _get_new_csrf_string
        from django.test import Client

        from tests.makers import make_user

        browser = Client()
        browser.force_login(make_user(is_superuser=True))
        self.token = _get_new_csrf_string()
        cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={self.token}"
        self.headers = {"Cookie": cookies, "X-Part": "conversation"}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, address: str, form: dict[str, object] | list[tuple[str, object]] | None = None) -> bytes:
        headers = dict(self.headers)
        if form is not None:
            headers |= {"X-CSRFToken": self.token, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form) if form is not None else None
        self.connection.request("POST" if form is not None else "GET", address, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{address}: {answer.status} {content[:300]!r}")
        return content


def ask_all(site: object, conversations: int, rounds: int) -> Figures:
    """Milliseconds of each kind of request."""
    from messaging.inbox.models import Conversation, Line
    from tests.inbox.streams import start_web

    browser = Browser(start_web(site))
    pages = deep_pages(conversations)
    random.seed(conversations)
    first_id, last_id = (
        Conversation.objects.order_by(order).values_list("pk", flat=True)[0] for order in ("pk", "-pk")
    )
    line = Line.objects.get(gateway=None)
    zone = Conversation.objects.first().zone_id

    def send(number: int) -> bytes:
        key = random.randint(first_id, last_id)
        form = {"text": "On its way", "way": line.pk, "seen": 2**40, "once_key": f"{conversations}-{number}"}
        return browser.ask(f"/inbox/{key}/reply/", form)

    asked: dict[str, Callable[[int], bytes]] = {
        "list, first page": lambda _number: browser.ask("/inbox/rows/"),
        "list, whole page with its frame": lambda _number: browser.ask("/inbox/"),
        "list, page in the middle": lambda number: browser.ask(f"/inbox/rows/?after={pages[number % len(pages)]}"),
        "list, one zone": lambda _number: browser.ask(f"/inbox/rows/?zone={zone}"),
        "list, unread only": lambda _number: browser.ask("/inbox/rows/?unread=1"),
        "search by name": lambda number: browser.ask(f"/inbox/rows/?q=kowalski{number * 7:07}"),
        "search by words": lambda number: browser.ask(f"/inbox/rows/?q=bottle+{first_id + number * 31:07}"),
        "search by a usual word": lambda _number: browser.ask("/inbox/rows/?q=courier"),
        "open a conversation": lambda _number: browser.ask(f"/inbox/{random.randint(first_id, last_id)}/"),
        "send a reply": send,
    }
    figures: Figures = {}
    for title, ask in asked.items():
        for number in range(3):
            ask(-1 - number)
        figures[title] = []
        for number in range(rounds):
            began = time.perf_counter()
            ask(number)
            figures[title].append((time.perf_counter() - began) * 1000)
    return figures


def deep_pages(conversations: int) -> list[str]:
    """Places in the list, from the beginning to its last tenth."""
    from messaging.inbox.models import Conversation
    from messaging.inbox.operator.listing import Place

    rows = Conversation.objects.filter(is_unread=False).order_by("-last_at", "-pk")
    return [str(Place.of(rows[conversations * tenth // 10])) for tenth in range(1, 9)]


def p99(figures: list[float]) -> float:
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def report(small: Figures, large: Figures, conversations: int) -> None:
    print(f"{conversations:,} conversations, {conversations * MESSAGES_EACH:,} messages, ms over HTTP")
    for title, figures in large.items():
        goal = SEARCH_GOAL if title.startswith("search") else PAGE_GOAL
        growth = statistics.median(figures) / statistics.median(small[title])
        verdict = "met" if p99(figures) <= goal else "MISSED"
        grown = "met" if growth <= GROWTH_GOAL else "MISSED"
        print(
            f"{title}: p50 {statistics.median(figures):.0f}, p99 {p99(figures):.0f} (goal <= {goal} {verdict});"
            f" ten times the data: x {growth:.2f} (goal <= {GROWTH_GOAL} {grown})"
        )


def naive() -> None:
    """The list as it is usually written: the last message and the count of each conversation, computed."""
    from django.db.models import Count, Max, Q

    from messaging.inbox.models import Conversation

    rows = Conversation.objects.annotate(
        last=Max("chat_messages__at"), waiting=Count("chat_messages", filter=Q(chat_messages__sender="client"))
    )
    began = time.perf_counter()
    list(rows.order_by("-last")[:50])
    print(f"peer: the same list by a naive annotate, the query alone: {(time.perf_counter() - began) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
