"""Few connections to the database, few open files and little memory, however much is asked of the site."""

import http.client
import threading
import time
from collections.abc import Callable

import psutil
import pytest
from django.conf import settings
from django.db import connection

from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.inbox.streams import Stream, start_web
from tests.makers import make_user
from tests.processes import Site, wait_until

pytestmark = pytest.mark.slow
BROWSERS = 40  # that ask at the same time, more than have their turn
REQUESTS = 2_000
OTHERS = 4  # connections of a web process besides its requests': the log's reader, two that ask for pages, the rights
OTHER_FILES = 60  # libraries, sockets, the log
MEGABYTE = 2**20


def connections() -> int:
    """Of all processes but this one to the test's database, idle ones too; PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def open_databases(process: psutil.Process) -> int:
    """How many times the process has the SQLite database open."""
    name = str(connection.settings_dict["NAME"])
    return sum(1 for file in process.open_files() if file.path == name)


def count_open(web: psutil.Process) -> int:
    """Connections of the web process to the database."""
    return connections() if connection.vendor == "postgresql" else open_databases(web)


class Crowd:
    """Browsers that ask for pages one after another, each on a connection of its own."""

    def __init__(self, port: int, cookie: str, addresses: list[str]) -> None:
        self.port, self.cookie, self.addresses = port, cookie, addresses
        self.answers: list[int] = []
        self.asked: list[str] = []
        self.threads = [threading.Thread(target=self.ask) for _browser in range(BROWSERS)]

    def ask(self) -> None:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for number in range(REQUESTS // BROWSERS):
            address = self.addresses[number % len(self.addresses)]
            self.asked.append(address)
            browser.request("GET", address, headers={"Cookie": self.cookie})
            answer = browser.getresponse()
            answer.read()
            self.answers.append(answer.status)
        browser.close()

    def run(self, look: Callable[[], None]) -> None:
        for thread in self.threads:
            thread.start()
        while any(thread.is_alive() for thread in self.threads):
            look()
            time.sleep(0.05)


def test_it_answers_two_thousand_requests_with_few_connections_files_and_little_memory(site: Site):
    operator = logged_in(make_user("Operator"))
    client_writes(make_conversation())
    port = start_web(site)
    web = psutil.Process(site.started[-1].pid)
    cookie = f"sessionid={operator.cookies['sessionid'].value}"
    pages = [Stream(port, operator) for _page in range(10)]
    crowd = Crowd(port, cookie, ["/inbox/unread/", "/healthz", "/inbox/rows/", "/admin/"])
    most = {"connections": 0, "files": 0}

    def look() -> None:
        most["connections"] = max(most["connections"], count_open(web))
        most["files"] = max(most["files"], len(web.open_files()))

    before = web.memory_info().rss
    crowd.run(look)
    grown = (web.memory_info().rss - before) / MEGABYTE
    assert len(crowd.answers) == REQUESTS
    assert set(crowd.answers) == {200, 503}  # /healthz: there is no worker
    assert crowd.answers.count(503) == crowd.asked.count("/healthz")
    assert most["connections"] <= settings.REQUESTS_AT_ONCE + OTHERS
    assert most["files"] <= 3 * (settings.REQUESTS_AT_ONCE + OTHERS) + OTHER_FILES  # SQLite: three for each
    assert grown < 80
    if connection.vendor == "postgresql":
        wait_until(lambda: connections() <= OTHERS, "calm with ten pages open", 60)
    # SQLite closes no file while the log's reader has the database open: it keeps it for the next connection.
    for page in pages:
        page.close()
    wait_until(lambda: count_open(web) <= OTHERS, "calm with no page open", 60)
