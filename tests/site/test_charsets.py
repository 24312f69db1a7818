"""Whatever a request says its words are written in, the site goes on: through a real server process."""

import contextlib
import http.client

import pytest

from messaging.inbox.identity.access import client_token
from messaging.inbox.models import ChatMessage
from tests.inbox.makers import make_conversation, switch_on
from tests.inbox.streams import start_web
from tests.processes import Site

pytestmark = pytest.mark.slow
NO_ALPHABETS = ["zlib", "undefined", "idna", "a" * 5000, "base64", "rot13", "punycode", '"a b"', "../x", "hex"]
PATHS = ["/hooks/nobody/", "/admin/login/", "/", "/nowhere/", "/chat/", "/api/v1/chat/messages", "/healthz"]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def port(site: Site) -> int:
    switch_on()
    return start_web(site)


def ask(port: int, path: str, kind: str, body: bytes = b"", method: str = "POST", **headers: str) -> tuple[int, str]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body, {"Content-Type": kind, **headers})
        with connection.getresponse() as answer:
            return answer.status, answer.read().decode()


def test_a_name_that_is_no_alphabet_breaks_no_page(port: int):
    plain = {path: ask(port, path, FORM, b"a=1")[0] for path in PATHS}
    assert max(plain.values()) < 500
    for name in NO_ALPHABETS:
        assert {path: ask(port, path, f"{FORM}; charset={name}", b"a=1")[0] for path in PATHS} == plain, name[:20]
        assert ask(port, "/?a=%D0%98", f"text/plain; charset={name}", method="GET")[0] < 500


def test_words_in_no_alphabet_are_read_as_utf_8(site: Site):
    switch_on()
    conversation = make_conversation()
    token, port = client_token(conversation.client), start_web(site)
    parts = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n%s\r\n--b--\r\n'
    for name in ("zlib", "utf-8"):
        words = f"Где {name}?".encode()
        kind = f'multipart/form-data; charset={name}; boundary="b"'
        assert ask(port, f"/chat/{token}/", kind, parts % words)[0] == 303
    assert set(ChatMessage.objects.values_list("text", flat=True)) == {"Где zlib?", "Где utf-8?"}


def test_real_alphabets_are_read_as_what_they_are(site: Site):
    switch_on()
    token, port = client_token(make_conversation().client), start_web(site)
    parts = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n%s\r\n--b--\r\n'
    kind = "multipart/form-data; boundary=b; charset=windows-1251"
    assert ask(port, f"/chat/{token}/", kind, parts % "Где заказ?".encode("cp1251"))[0] == 303
    assert ChatMessage.objects.get().text == "Где заказ?"


@pytest.mark.parametrize("path", PATHS)
def test_a_type_that_cannot_be_read_is_refused_in_a_sentence(port: int, path: str):
    status, words = ask(port, path, f"{FORM}; charset*=nowhere''a; boundary*=zlib''b", b"a=1")
    assert (status, words) == (400, "The Content-Type of this request cannot be read.")
