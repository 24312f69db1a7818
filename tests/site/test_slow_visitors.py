"""Visitors who begin a request and do not end it, or do not read the answer, keep nobody else from being served."""

import contextlib
import http.client
import resource
import socket
import time

import psutil
import pytest

from notify_site.web import connections
from tests.inbox.makers import logged_in
from tests.inbox.streams import Stream, start_web
from tests.makers import make_user
from tests.processes import Site, wait_until

pytestmark = pytest.mark.slow
HALF = b"GET /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
FLOOD = 1_500


def begin(port: int, words: bytes = HALF) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(words)
    return connection


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has ended it."""
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def status(port: int, path: str = "/admin/login/") -> int:
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    browser.request("GET", path)
    answer = browser.getresponse()
    answer.read()
    browser.close()
    return answer.status


@pytest.fixture
def _many_files():
    """The test has one end of so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_half_a_head_is_waited_for_ten_seconds_however_it_trickles(site: Site):
    port = start_web(site)
    slow, began = begin(port), time.monotonic()
    while not is_closed(slow):
        assert time.monotonic() - began < 2 * connections.HEAD_SECONDS
        with contextlib.suppress(OSError):
            slow.send(b"a")
        time.sleep(0.2)
    assert time.monotonic() - began == pytest.approx(connections.HEAD_SECONDS, abs=2)
    slow.close()


def test_a_body_that_stops_is_waited_for_twenty_seconds(site: Site):
    port = start_web(site)
    head = b"POST /chat/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n"
    slow, began = begin(port, head + b"a" * 100), time.monotonic()
    wait_until(lambda: is_closed(slow), "it was ended", seconds=2 * connections.BODY_SECONDS)
    assert time.monotonic() - began == pytest.approx(connections.BODY_SECONDS, abs=2)
    slow.close()


def test_second_requests_on_a_connection_have_an_end_too(site: Site):
    port = start_web(site)
    slow = begin(port, b"GET /chat/widget.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"200 OK" in slow.recv(65536)
    time.sleep(1)
    slow.sendall(HALF)
    wait_until(lambda: is_closed(slow), "it was ended", seconds=2 * connections.HEAD_SECONDS)
    slow.close()


@pytest.mark.usefixtures("_many_files")
def test_fifteen_hundred_half_requests_keep_nobody_out(site: Site):
    browser = logged_in(make_user("Operator"))
    port = start_web(site)
    web = psutil.Process(site.started[-1].pid)
    page = Stream(port, browser)
    flood = [begin(port) for _visitor in range(FLOOD)]
    began = time.monotonic()
    assert status(port) == 200
    assert time.monotonic() - began < 2
    assert not page.is_over
    assert len(web.net_connections()) <= 1_000 + 5
    for connection in flood:
        connection.close()
    page.close()


@pytest.mark.usefixtures("_many_files")
def test_when_all_places_are_taken_by_whole_requests_a_visitor_is_asked_to_come_later(site: Site):
    browser = logged_in(make_user("Operator"))
    port = start_web(site, WEB_CONNECTIONS="12")
    pages = [Stream(port, browser) for _page in range(12)]
    assert status(port) == 503
    pages.pop().close()
    wait_until(lambda: status(port) == 200, "there is a place again")
    for page in pages:
        page.close()


def test_who_does_not_read_the_answers_is_sent_away(site: Site):
    port = start_web(site)
    greedy = socket.socket()
    greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    greedy.connect(("127.0.0.1", port))
    greedy.settimeout(1)
    web = psutil.Process(site.started[-1].pid)
    ask = b"GET /static/unfold/css/styles.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with contextlib.suppress(OSError):
        greedy.sendall(ask * 100)
    here = greedy.getsockname()[1]
    wait_until(lambda: [one for one in web.net_connections() if one.raddr and one.raddr.port == here], "it was let in")
    wait_until(
        lambda: not [one for one in web.net_connections() if one.raddr and one.raddr.port == here],
        "it was sent away",
        seconds=connections.STALLED_SECONDS + 20,
    )
    greedy.close()
