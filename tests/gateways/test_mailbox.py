"""A mailbox on a real IMAP server is asked for new letters; nothing in it is changed."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from messaging.gateways import polling
from messaging.gateways.adapters import MediaRefused
from messaging.gateways.adapters.imap import LETTERS_AT_ONCE, fetch_attachment, knock
from messaging.gateways.adapters.letters import read_letter
from messaging.gateways.models import Gateway, HookEvent
from tests.makers import make_gateway

from .imap_server import ImapServer

pytestmark = pytest.mark.django_db
SENDING = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "orders@shop.example"}


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def gateway(imap: ImapServer) -> Gateway:
    gateway = make_gateway("smtp", config=SENDING | imap.config())
    polling.arrange_polls()
    return gateway


def make_letter(number: int, **headers: str) -> EmailMessage:
    letter = EmailMessage()
    for name, value in {"From": "a@example.com", "Message-ID": f"<{number}@example.com>", **headers}.items():
        letter[name] = value
    letter.set_content(f"Letter {number}")
    return letter


def ask(gateway: Gateway) -> int:
    """How many letters were new."""
    before = HookEvent.objects.count()
    polling.poll(gateway.pk)
    gateway.refresh_from_db()
    assert gateway.poll_problem == ""
    return HookEvent.objects.count() - before


def test_what_lay_there_before_is_no_news(imap, gateway):
    imap.put(make_letter(1))
    assert ask(gateway) == 0
    imap.put(make_letter(2))
    assert ask(gateway) == 1
    assert ask(gateway) == 0
    assert b"Letter 2" in bytes(HookEvent.objects.get().body)


def test_the_first_letter_of_an_empty_mailbox_is_news(imap, gateway):
    assert ask(gateway) == 0
    imap.put(make_letter(1))
    assert ask(gateway) == 1


def test_nothing_in_the_mailbox_is_changed(imap, gateway):
    ask(gateway)
    imap.put(make_letter(1))
    ask(gateway)
    assert all(b"Seen" not in flags for flags in imap.flags())
    assert len(imap.flags()) == 1


def test_many_letters_come_in_parts_and_all_of_them(imap, gateway):
    ask(gateway)
    for number in range(LETTERS_AT_ONCE + 3):
        imap.put(make_letter(number))
    assert ask(gateway) == LETTERS_AT_ONCE
    assert ask(gateway) == 3


def test_new_numbers_lose_nothing_and_the_mailbox_goes_on(imap, gateway):
    imap.put(make_letter(1))
    ask(gateway)
    imap.make_anew()
    imap.put(make_letter(2))
    assert ask(gateway) == 1
    imap.put(make_letter(3))
    assert ask(gateway) == 1


def test_an_attachment_is_fetched_when_it_is_needed(imap, gateway):
    ask(gateway)
    letter = make_letter(1)
    letter.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="umowa.pdf")
    imap.put(letter)
    ask(gateway)
    event = HookEvent.objects.get()
    assert b"PDF" not in bytes(event.body)
    validity, uid = gateway.poll_cursor["validity"], gateway.poll_cursor["uid"]
    media = fetch_attachment(gateway.config, 5, f"{validity}.{uid}.0")
    assert (media.content, media.name) == (b"%PDF-1.4 x", "umowa.pdf")
    imap.empty()
    with pytest.raises(MediaRefused):
        fetch_attachment(gateway.config, 5, f"{validity}.{uid}.0")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"imap_password": "wrong"}, "does not know this user name"),
        ({"imap_port": "1"}, "could not be reached"),
        ({"imap_security": "ssl"}, "encryption"),
    ],
)
def test_a_mailbox_that_does_not_open_says_why_and_is_asked_again(imap, changes, words):
    config: dict[str, Any] = SENDING | imap.config(**changes)
    assert words in knock(config, 3)
    gateway = make_gateway("smtp", config=config, timeout_seconds=3)
    polling.arrange_polls()
    gateway.refresh_from_db()
    began = gateway.poll_at
    assert polling.poll(gateway.pk) == 0
    gateway.refresh_from_db()
    assert words in gateway.poll_problem
    assert gateway.poll_at > began


POISON = {
    "a charset that cannot be": b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n"
    b"Content-Disposition: attachment; filename*0*=idna''a%ff; filename*1=b\r\n\r\nx\r\n--z--\r\n",
    "a boundary that is no text": b'Content-Type: multipart/mixed; boundary="\xff"\r\n\r\n--\xff\r\n\r\nx\r\n',
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_letter_made_to_break_us_holds_up_no_other(imap, gateway, poison):
    """It is told of, and who reads about it finds it in the mailbox."""
    ask(gateway)
    imap.put(b"From: Mallory <m@example.com>\r\nSubject: Hi\r\nMessage-ID: <m@example.com>\r\n" + poison)
    imap.put(make_letter(2))
    assert ask(gateway) == 2
    assert ask(gateway) == 0
    broken, good = (read_letter(event.request)[0] for event in HookEvent.objects.order_by("pk"))
    assert (broken.sender, broken.subject, broken.files) == ("m@example.com", "Hi", ())
    assert broken.text == "(The letter is broken and cannot be shown here: read it in the mailbox.)"
    assert good.text == "Letter 2"
