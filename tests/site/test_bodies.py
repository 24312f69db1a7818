"""Nobody fills the disk or the memory with one request, however it is sent, and who may send more says so first."""

import itertools
import socket
from collections.abc import Iterable

import pytest
from django.test import Client

from messaging.gateways.models import Gateway
from messaging.inbox.identity.access import client_token
from notify_site.web.bodies import LARGE_OF_ONE
from notify_site.web.rights import MEGABYTE, ROOM_FOR_WORDS, STRANGERS, Allowance, allowance
from tests.inbox.makers import logged_in, make_conversation, switch_on
from tests.inbox.streams import start_web
from tests.makers import make_gateway, make_user
from tests.processes import Site

pytestmark = pytest.mark.slow
CHUNK = b"10000\r\n" + b"a" * 65536 + b"\r\n"
CHUNKED = "Transfer-Encoding: chunked"
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture
def port(site: Site) -> int:
    return start_web(site)


def post(port: int, path: str, head: str, body: Iterable[bytes] = ()) -> tuple[int, int]:
    """The status (0: closed in the middle, and what was said before is lost with it), and how many bytes went out."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        try:
            for piece in body:
                connection.sendall(piece)
                sent += len(piece)
            return int(connection.recv(4096).split()[1]), sent
        except OSError:
            return 0, sent


def session(browser: Client) -> str:
    return f"Cookie: sessionid={browser.cookies['sessionid'].value}"


@pytest.mark.parametrize(
    "path", ["/admin/login/", "/", "/healthz", "/static/x.css", "/nowhere/", "/chat/", "/chat/a.b.c/", "/hooks/key/",
             "/api/v1/chat/files", "/inbox/1/reply/", "/admin/imports/import/add/"]
)  # fmt: skip
def test_a_stranger_sends_64_kilobytes_and_not_a_byte_more(site: Site, path: str):
    port = start_web(site)
    assert post(port, path, f"Content-Length: {STRANGERS + 1}")[0] == 413
    assert post(port, path, "Content-Length: 100000000", itertools.repeat(b"a" * 65536, 1))[0] == 413
    whole = post(port, path, f"Content-Length: {STRANGERS}", iter([b"a" * STRANGERS]))[0]
    assert whole not in {0, 413}


def test_what_does_not_say_how_large_it_is_is_counted(port: int):
    """Most of it stays with the sender."""
    status, sent = post(port, "/chat/", CHUNKED, itertools.repeat(CHUNK, 3000))
    assert status in {0, 413}
    assert sent < 3000 * len(CHUNK)
    assert post(port, "/chat/", CHUNKED, iter([CHUNK, CHUNK]))[0] == 413


def test_the_next_visitor_is_served(port: int):
    post(port, "/api/v1/chat/messages", "Content-Length: 999999999999999999999")
    assert post(port, "/chat/", CHUNKED, iter([b"5\r\ntext=\r\n0\r\n\r\n"]))[0] == 422


def test_a_client_with_a_link_sends_more_and_one_with_a_wrong_link_does_not(site: Site):
    switch_on()
    token = client_token(make_conversation().client)
    port = start_web(site)
    words = b"text=" + b"a" * 100_000
    head = f"{FORM}\r\nContent-Length: {len(words)}\r\nX-Requested-With: fetch"
    assert post(port, f"/chat/{token}/read/", head, iter([words]))[0] == 200
    assert post(port, f"/chat/{token[:-1]}!/read/", head)[0] == 413
    assert post(port, f"/chat/{token}/", f"{FORM}\r\nContent-Length: {54 * MEGABYTE}")[0] == 413


def test_an_operator_sends_more_until_the_login_is_over(site: Site):
    browser = logged_in(make_user("Operator"))
    port = start_web(site)
    words = b"text=" + b"a" * 100_000
    head = f"{session(browser)}\r\n{FORM}\r\nContent-Length: {len(words)}"
    assert post(port, "/inbox/1/draft/", head, iter([words]))[0] == 403  # no csrf token: it was read
    browser.logout()
    assert post(port, "/inbox/1/draft/", head)[0] == 413


def test_one_sender_has_three_large_requests_under_way_and_no_more(site: Site):
    switch_on()
    one, other = (client_token(make_conversation().client) for _client in range(2))
    port = start_web(site)
    half = f"{FORM}\r\nContent-Length: 1000000"
    begun = [begin(port, f"/chat/{one}/", half) for _request in range(LARGE_OF_ONE)]
    assert post(port, f"/chat/{one}/", half)[0] == 503
    assert post(port, f"/chat/{other}/read/", half, iter([b"a" * 1_000_000]))[0] == 200
    begun.pop().close()
    assert post(port, f"/chat/{one}/read/", half, iter([b"a" * 1_000_000]))[0] == 200
    for connection in begun:
        connection.close()


def begin(port: int, path: str, head: str) -> socket.socket:
    """A request whose body does not come."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
    connection.settimeout(1)
    with pytest.raises(TimeoutError):
        connection.recv(1)
    return connection


def of(path: str, browser: Client | None = None, bearer: str = "") -> Allowance:
    headers = [(b"authorization", f"Bearer {bearer}".encode())] if bearer else []
    headers += [(b"cookie", session(browser).removeprefix("Cookie: ").encode())] if browser else []
    return allowance({"path": path, "headers": headers})


@pytest.mark.django_db
def test_files_may_be_sent_where_they_are_taken_by_those_who_may():
    gateway: Gateway = make_gateway("twilio_sms")
    operator, manager = (logged_in(make_user(role)) for role in ("Operator", "Manager"))
    client = make_conversation().client
    token = client_token(client)
    assert of(f"/hooks/{gateway.hook_key}/").most == STRANGERS
    assert of(f"/chat/{token}/") == Allowance(50 * MEGABYTE + ROOM_FOR_WORDS, f"client {client.pk}")
    assert of(f"/chat/{token}/read/").most == ROOM_FOR_WORDS
    assert of("/api/v1/chat/files", bearer=token).most == 50 * MEGABYTE + ROOM_FOR_WORDS
    assert of("/api/v1/chat/messages", bearer=token).most == ROOM_FOR_WORDS
    assert of("/inbox/1/reply/", operator).most == 100 * MEGABYTE + ROOM_FOR_WORDS
    assert of("/admin/imports/import/add/", manager).most == 50 * MEGABYTE + ROOM_FOR_WORDS
    assert of("/admin/imports/import/add/", operator).most == ROOM_FOR_WORDS
    assert of("/chat/", operator).most == STRANGERS
