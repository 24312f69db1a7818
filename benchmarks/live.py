"""How soon a client's message is on the operators' screens: 50 operators and 500 clients connected to one web process.

    python -m benchmarks.live [--operators 50] [--clients 500] [--messages 60]

On SQLite; with DATABASE_URL set to an empty PostgreSQL, on that one. Clients send through the API, as the app does;
each operator's page hears of it over its stream and asks for the new bubble, as the page in the browser does.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

FLOOR, GOAL = 1_000, {"postgresql": 300, "sqlite": 500}  # ms, 99 % of all
EVERY = 0.25  # seconds between two messages
PATIENCE = 30  # seconds
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--operators", type=int, default=50)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--messages", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        os.environ["CHAT_POSTS_PER_MINUTE"] = "100000"  # all clients of this test come from one address
        django.setup()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        measure(options)


def measure(options: argparse.Namespace) -> None:
    import psutil
    from django.db import connection

    from tests.inbox.streams import start_web
    from tests.processes import Site

    sessions, tokens = prepare(options.operators, options.clients)
    connection.close()
    with Site() as site:
        port = start_web(site)
        web = psutil.Process(site.started[-1].pid)
        before = web.memory_info().rss
        heard, shown = asyncio.run(talk(port, sessions, tokens, options.messages))
        memory = (web.memory_info().rss - before) / 2**20
    expected = options.messages * options.operators
    print(f"database: {connection.vendor}; {options.operators} operators, {options.clients} clients, one web process")
    line("sent -> each operator's page hears of it", heard, connection.vendor)
    line("sent -> the bubble is on an operator's screen", shown, connection.vendor)
    print(f"heard {len(heard)} of {expected}; {memory:.0f} MB for {options.operators + options.clients} open pages")


def line(title: str, figures: list[float], vendor: str) -> None:
    ordered = sorted(figures)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    floor, goal = ("met" if p99 <= limit else "MISSED" for limit in (FLOOR, GOAL[vendor]))
    print(
        f"{title}, ms: p50 {statistics.median(ordered):.0f}, p99 {p99:.0f}, max {ordered[-1]:.0f}"
        f"  floor p99 <= {FLOOR} {floor}, goal <= {GOAL[vendor]} {goal}"
    )


def prepare(operators: int, clients: int) -> tuple[list[str], list[str]]:
    """(session keys of operators, tokens of clients), with the chat on."""
    from django.test import Client as Browser

    from messaging.inbox.identity.access import client_token
    from messaging.inbox.models import ChatSettings
    from tests.inbox.makers import client_writes, make_conversation
    from tests.makers import make_user

    ChatSettings.current()
    ChatSettings.objects.update(is_on=True)
    sessions = []
    for _number in range(operators):
        browser = Browser()
        browser.force_login(make_user("Operator"))
        sessions.append(browser.cookies["sessionid"].value)
    conversations = [make_conversation() for _number in range(clients)]
    for conversation in conversations:
        client_writes(conversation)
    return sessions, [client_token(conversation.client) for conversation in conversations]


class Page:
    """An open page: a raw connection that reads the stream and notes when it heard of each message."""

    def __init__(self, port: int, address: str, session: str = "") -> None:
        self.port, self.address, self.session = port, address, session
        self.heard: dict[int, float] = {}
        self.is_open = asyncio.Event()

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        cookie = f"Cookie: sessionid={self.session}\r\n" if self.session else ""
        writer.write(f"GET {self.address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\n".encode())
        try:
            async for raw in reader:
                text = raw.decode().strip()
                if text.startswith("retry:"):
                    self.is_open.set()
                elif text.startswith("data:") and '"message": ' in text:
                    number = text.split('"message": ')[1].split(",")[0].rstrip("}")
                    if number != "null":
                        self.heard.setdefault(int(number), time.perf_counter())
        finally:
            writer.close()


async def talk(port: int, sessions: list[str], tokens: list[str], messages: int) -> tuple[list[float], list[float]]:
    """Milliseconds until each operator heard of each message, and until one of them had its bubble."""
    import aiohttp

    operators = [Page(port, "/inbox/events/", session) for session in sessions]
    clients = [Page(port, f"/chat/{token}/events/") for token in tokens]
    tasks = []
    for start in range(0, len(operators) + len(clients), 50):  # as people come: not all in one moment
        some = [*operators, *clients][start : start + 50]
        tasks += [asyncio.create_task(page.listen()) for page in some]
        await asyncio.wait_for(asyncio.gather(*(page.is_open.wait() for page in some)), PATIENCE)
    sent: dict[int, float] = {}
    shown: list[float] = []
    limit = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=limit) as http:
        for number in range(messages):
            began = time.perf_counter()
            said = await send(http, tokens[number % len(tokens)], f"Message {number}")
            sent[said["id"]] = began
            shown.append(await show(http, operators[0], sessions[0], said["id"], began))
            await asyncio.sleep(EVERY)
        await wait_for_all(operators, set(sent))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [(page.heard[key] - began) * 1000 for key, began in sent.items() for page in operators], shown


async def send(http: object, token: str, text: str) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post("/api/v1/chat/messages", json={"text": text}, headers=headers) as answer:
        if answer.status != 201:
            raise SystemExit(f"A client could not write: {answer.status} {await answer.text()}")
        return (await answer.json())["message"]


async def show(http: object, page: Page, session: str, key: int, began: float) -> float:
    """Milliseconds until the operator's page, having heard of the message, has its bubble."""
    from asgiref.sync import sync_to_async

    from messaging.inbox.models import ChatMessage

    conversation = await sync_to_async(ChatMessage.objects.values_list("conversation", flat=True).get)(pk=key)
    while key not in page.heard:
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"An operator never heard of message {key}.")
        await asyncio.sleep(0.001)
    asked = time.perf_counter()
    address = f"/inbox/{conversation}/messages/?only={key}"
    async with http.get(address, headers={"Cookie": f"sessionid={session}"}) as answer:
        body = await answer.text()
    if f'data-message="{key}"' not in body:
        raise SystemExit(f"The bubble of message {key} is not there: {answer.status}")
    return (page.heard[key] - began + time.perf_counter() - asked) * 1000


async def wait_for_all(operators: list[Page], keys: set[int]) -> None:
    deadline = time.perf_counter() + PATIENCE
    while any(keys - page.heard.keys() for page in operators):
        if time.perf_counter() > deadline:
            raise SystemExit("Some operators never heard of some messages.")
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
