"""Nobody fills the disk or the memory with one request, however it is sent."""

import socket
from collections.abc import Iterator

import pytest

from notify_site.bodies import MEGABYTE, ROOM_FOR_WORDS, most_bytes
from tests.inbox.streams import start_web
from tests.processes import Site

pytestmark = pytest.mark.slow
CHUNK = b"10000\r\n" + b"a" * 65536 + b"\r\n"


@pytest.fixture
def port(site: Site) -> int:
    return start_web(site)


def post(port: int, path: str, length: str, body: Iterator[bytes]) -> tuple[int, int]:
    """The status (0: closed in the middle, and what was said before is lost with it), and how many bytes went out."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n{length}\r\n\r\n"
        connection.sendall(head.encode())
        try:
            for piece in body:
                connection.sendall(piece)
                sent += len(piece)
            return int(connection.recv(4096).split()[1]), sent
        except OSError:
            return 0, sent


def test_what_says_that_it_is_too_large_is_not_read(port: int):
    assert post(port, "/chat/", "Content-Length: 1500000000", iter(())) == (413, 0)


def test_what_does_not_say_how_large_it_is_is_counted(port: int):
    """Ten times what may be sent: most of it stays with the sender."""
    status, sent = post(port, "/chat/", "Transfer-Encoding: chunked", iter([CHUNK] * 480))
    assert status in {0, 413}
    assert sent < 480 * len(CHUNK)


def test_the_next_visitor_is_served(port: int):
    post(port, "/api/v1/chat/messages", "Content-Length: 999999999999999999999", iter(()))
    ordinary = b"5\r\ntext=\r\n0\r\n\r\n"
    assert post(port, "/chat/", "Transfer-Encoding: chunked", iter([ordinary]))[0] == 422


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [
        ("/chat/", 0), ("/chat/a.b.c/", 50), ("/chat/a.b.c/read/", 0), ("/api/v1/chat/files", 50), ("/hooks/key/", 0),
        ("/inbox/1/reply/", 100), ("/admin/imports/", 100),
    ],
)  # fmt: skip
def test_files_may_be_sent_where_they_are_taken(path: str, megabytes: int):
    assert most_bytes(path) == megabytes * MEGABYTE + ROOM_FOR_WORDS
