"""A mailbox on a real IMAP server is asked for new letters; nothing in it is changed."""

import os
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from locations.values.reasons import NONE
from messaging.gateways import polling
from messaging.gateways.adapters import MediaRefused
from messaging.gateways.adapters.email.imap import LETTERS_AT_ONCE, MOST_TRIES, fetch_attachment, knock
from messaging.gateways.adapters.email.letter_files import folder
from messaging.gateways.adapters.email.letters import read_letter
from messaging.gateways.models import Gateway, HookEvent
from tests.gateways.imap_server import ImapServer
from tests.makers import make_gateway

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
    assert gateway.poll_problem == NONE
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
    assert not imap.was_changed()
    assert len(imap.letters) == 1


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
    assert ask(gateway) == 2  # the chat knows those that it has
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


def test_each_letter_is_noted_as_read_before_the_next_one_is_asked_for(imap, gateway):
    """A worker that is killed goes on at the letter it was at."""
    ask(gateway)
    for number in range(3):
        imap.put(make_letter(number))
    imap.cut_at = {3}
    polling.poll(gateway.pk)
    gateway.refresh_from_db()
    assert "could not be reached" in str(gateway.poll_problem) or "refused" in str(gateway.poll_problem)
    assert (HookEvent.objects.count(), gateway.poll_cursor["uid"]) == (2, 2)
    imap.cut_at = set()
    assert ask(gateway) == 1


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
    assert words in str(knock(config, 3))
    gateway = make_gateway("smtp", config=config, timeout_seconds=3)
    polling.arrange_polls()
    gateway.refresh_from_db()
    began = gateway.poll_at
    assert polling.poll(gateway.pk) == 0
    gateway.refresh_from_db()
    assert words in str(gateway.poll_problem)
    assert gateway.poll_at > began


def test_a_letter_that_is_not_given_is_told_of_when_others_can_be_read(imap, gateway):
    ask(gateway)
    bad = imap.put(make_letter(1))
    imap.put(make_letter(2))
    imap.refused = {bad}
    for _try in range(MOST_TRIES):
        polling.poll(gateway.pk)
        assert not HookEvent.objects.exists()
    gateway.refresh_from_db()
    assert "cannot be opened" in str(gateway.poll_problem)
    for _try in range(3):  # once more, then with its head, then without
        polling.poll(gateway.pk)
    lost, good = (read_letter(event.request)[0] for event in HookEvent.objects.order_by("pk"))
    assert "cannot be read here" in lost.text
    assert good.text == "Letter 2"


def test_a_mailbox_that_gives_nothing_loses_nothing(imap, gateway):
    """It stands still, which everybody is told of, and goes on where it was."""
    ask(gateway)
    imap.cut_at = {imap.put(make_letter(1)), imap.put(make_letter(2))}
    for _try in range(MOST_TRIES + 3):
        polling.poll(gateway.pk)
    assert not HookEvent.objects.exists()
    imap.cut_at = set()
    assert ask(gateway) == 2
    assert [read_letter(one.request)[0].text for one in HookEvent.objects.order_by("pk")] == ["Letter 1", "Letter 2"]


def make_large(number: int, megabytes: float) -> EmailMessage:
    letter = make_letter(number)
    letter.add_attachment(b"%PDF-" + bytes(int(megabytes * 1024**2 * 0.73)), maintype="application", subtype="pdf")
    return letter


def test_a_slow_line_goes_on_in_the_middle_of_a_large_letter(imap, gateway, monkeypatch):
    """18 MB at 700 kB/s take 26 s; here 900 KB at 1.5 MB/s in looks of a quarter of a second."""
    ask(gateway)
    for number in range(3):
        imap.put(make_large(number, 0.9))
    imap.put(make_letter(4))
    size = sum(map(len, imap.letters.values()))
    imap.bytes_per_second = 1_500_000
    monkeypatch.setattr("messaging.gateways.adapters.email.imap.SECONDS", 0.25)
    looks = 0
    while HookEvent.objects.count() < 4 and looks < 40:
        looks += 1
        polling.poll(gateway.pk)
        gateway.refresh_from_db()
        assert gateway.poll_problem == NONE
    assert HookEvent.objects.count() == 4
    assert 3 < looks < 20
    assert imap.sent <= size + looks * 1000  # nothing was fetched twice


def test_a_letter_that_is_too_large_is_a_note(imap, gateway, monkeypatch):
    ask(gateway)
    monkeypatch.setattr("messaging.gateways.adapters.email.letter_files.MOST_BYTES", 1024**2)
    imap.put(make_large(1, 2))
    imap.put(make_letter(2))
    assert ask(gateway) == 2
    large, _good = (read_letter(event.request)[0] for event in HookEvent.objects.order_by("pk"))
    assert (large.sender, large.files) == ("a@example.com", ())
    assert large.text.startswith("(The letter is too large, ")
    assert imap.sent < 600_000


@pytest.mark.parametrize("offers_plain", [True, False], ids=["AUTHENTICATE", "LOGIN"])
def test_a_password_that_is_not_ascii_opens_the_mailbox(offers_plain):
    with ImapServer(password='Zażółć "gęślą" jaźń\\1') as imap:
        imap.offers_plain = offers_plain
        assert knock(SENDING | imap.config(), 3) == NONE
        assert "does not know" in str(knock(SENDING | imap.config(imap_password="Zażółć"), 3))


def test_a_server_that_dribbles_is_left(imap, gateway, monkeypatch):
    ask(gateway)
    imap.put(make_large(1, 1))
    imap.bytes_per_second = 40_000
    monkeypatch.setattr("messaging.gateways.adapters.email.imap.SECONDS", 0.2)
    monkeypatch.setattr("messaging.gateways.adapters.email.imap.CUT_AFTER", 0.8)
    began = time.monotonic()
    polling.poll(gateway.pk)
    assert time.monotonic() - began < 5
    gateway.refresh_from_db()
    assert gateway.poll_problem


def test_a_letter_is_read_when_it_is_fetched_and_not_once_more_in_a_transaction(imap, gateway, monkeypatch):
    ask(gateway)
    imap.put(make_letter(1))
    ask(gateway)
    monkeypatch.setattr("messaging.gateways.adapters.email.letters.news_of", None)
    assert read_letter(HookEvent.objects.get().request)[0].text == "Letter 1"


def test_what_is_kept_of_letters_on_their_way_goes_after_a_day(imap, gateway):
    ask(gateway)
    imap.put(make_large(1, 0.5))
    ask(gateway)
    assert any(folder().iterdir())
    for path in folder().iterdir():
        os.utime(path, (0, 0))
    ask(gateway)
    assert not any(folder().iterdir())
