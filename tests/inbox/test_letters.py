"""Letters that others wrote, polled from a mailbox by the worker and read on the operator's page: none is lost."""

import itertools
import uuid

import pytest

from messaging.gateways import polling
from messaging.gateways.models import HookEvent
from messaging.inbox.models import AttachmentState, ChatMessage, Conversation, ConversationAddress
from messaging.outbox.models import Message, UnusableAddress
from messaging.outbox.states import MessageState
from tests.gateways.smtp_server import SmtpServer
from tests.inbox.letterbox import LETTERS, content_of, good, letter, make_letter_of_ours, page_of
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
HEAD = b"From: Mallory <m@example.com>\r\nTo: orders@shop.example\r\nSubject: Poison\r\nMIME-Version: 1.0\r\n"
BAD = {
    "two boundaries": b"Content-Type: multipart/mixed; boundary*=a; boundary*0=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n",
    "a boundary in punycode": b"Content-Type: multipart/mixed; boundary*=idna''xn--%ff\r\n\r\nx\r\n",
    "a boundary's number without end": b"Content-Type: multipart/mixed; boundary*%s=a\r\n\r\nx\r\n" % (b"9" * 5000),
    "a file's name in a charset that cannot be": b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n"
    b"Content-Disposition: attachment; filename*0*=idna''a%ff; filename*1=b\r\n\r\nx\r\n--z--\r\n",
    "a thousand letters one in another": b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    + b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(900)),
    "a field of a megabyte": b"Content-Type: text/plain; a=" + b'";' * 500_000 + b"\r\n\r\nx\r\n",
}
ODD = {
    "half an emoji": b'Content-Type: text/plain; charset="utf-7"\r\n\r\nodd +2D0- words\r\n',
    "NULs": b"Content-Type: text/plain\r\n\r\nodd \0 words\r\n",
    "a codec that is no charset": b"Content-Type: text/plain; charset=zlib\r\n\r\nodd words\r\n",
    "a wide page": b"Content-Type: text/html\r\n\r\n"
    + b"<div style='padding-left:100000em'>odd words</div>" * 400,
    "wide tables": b"Content-Type: text/html\r\n\r\n"
    + b"<table width=99999999><tr>" + b"<td colspan=100000>odd words" * 400,
}  # fmt: skip


def one(written: list[ChatMessage]) -> tuple[ChatMessage, str]:
    """The only message, and the operator's page with it."""
    [said] = written
    return said, page_of(said.conversation)


def test_a_thunderbird_letter_is_not_taken_for_ours_by_the_look_of_its_id(arrive):
    _said, page = one(arrive(letter("01")))
    assert "Dzień dobry, kiedy przyjedzie moje zamówienie A-17?" in page


def test_our_own_letter_that_came_back_is_known_by_its_key_in_our_table(arrive):
    message = make_letter_of_ours(to="anna@example.pl")
    ours = b"From: orders@shop.example\r\nMessage-ID: <%s@shop.example>\r\n\r\nHi" % str(message.key).encode()
    relayed = b"From: orders@shop.example\r\nX-Gonets-Message: %s\r\n\r\nHi" % str(message.key).encode()
    assert arrive(ours, relayed) == []


def test_a_damaged_subject_is_shown_with_a_mark(arrive):
    said, page = one(arrive(letter("38")))
    assert said.subject.startswith("Где мой")
    assert said.subject.endswith("�")
    assert "Где мой заказ A-17?" in page


@pytest.mark.parametrize("name", ["06", "08", "09"])
def test_a_customer_s_own_lines_are_not_cut(arrive, name):
    said, page = one(arrive(letter(name)))
    body = letter(name).decode().split("\r\n\r\n", 1)[1]
    assert said.text == body.replace("\r\n", "\n").strip()
    assert all(line in page for line in body.split("\r\n") if "<" not in line)


def test_a_quotation_is_folded_and_never_thrown_away(arrive):
    reply = "Tak\r\n\r\nW dniu 12.05.2026 o 10:00 Sklep napisał(a):\r\n> Jedziemy do Pani\r\n> o piątej"
    said, page = one(
        arrive(b"From: Ala <a@example.pl>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + reply.encode())
    )
    assert said.text == "Tak"
    assert "Show all of the letter" in page
    assert "&gt; Jedziemy do Pani" in page
    assert said.conversation.last_words == "Tak"


def test_a_letter_longer_than_a_page_is_attached_as_it_came(arrive):
    raw = b"From: a@example.pl\r\n\r\n" + b"Very long words. " * 2000
    said, page = one(arrive(raw))
    [file] = said.attachments.all()
    assert (file.state, file.content_type, content_of(file)) == ("ready", "message/rfc822", raw)
    assert "letter as it came.eml" in page


@pytest.mark.parametrize(
    ("name", "who", "subject", "words"),
    [
        ("11", "Иван Петров", "Где мой заказ?", "Добрый день, где мой заказ A-17?"),
        ("32", "Ivan", "Zakaz", "Здравствуйте, заказ A-17 не пришёл."),
    ],
)
def test_cyrillic_without_a_charset_is_read(arrive, name, who, subject, words):
    said, page = one(arrive(letter(name)))
    assert (said.conversation.title, said.subject, said.text) == (who, subject, words)
    assert words in page


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("cp1250", "Dzień dobry, proszę o żółtą wodę źródlaną. Świetnie!"),
        ("iso8859-2", "Dzień dobry, proszę o żółtą wodę źródlaną. Świetnie!"),
        ("cp1251", "Здравствуйте, где мой заказ № 5? Жду с утра."),
        ("koi8-r", "Здравствуйте, где мой заказ? Жду с утра."),
        ("cp1251", "Доброго дня, де моє замовлення? Їду додому."),
        ("utf-8", "Dzień dobry, где заказ? 🚚"),
        ("cp1252", "Grüße aus München, où est ma commande?"),
    ],
)
@pytest.mark.parametrize("told", [b"", b"us-ascii", b"utf-8", b"x-unknown"])
def test_a_charset_that_nobody_named_or_that_is_wrong_is_guessed(arrive, charset, words, told):
    kind = b"Content-Type: text/plain; charset=" + told + b"\r\n" if told else b""
    raw = b"From: " + words[:7].encode(charset) + b" <a@example.com>\r\nSubject: " + words.encode(charset)
    said, page = one(arrive(raw + b"\r\n" + kind + b"\r\n" + words.encode(charset) + b"\r\n"))
    assert (said.subject, said.text) == (words, words)
    assert words in page


def test_a_form_feed_in_a_header_stops_nothing(arrive):
    separators = [bytes([one]) for one in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85)]
    odd = [b"From: odd%d@example.pl\r\nSubject: a%sb\r\n\r\nx" % (n, char) for n, char in enumerate(separators)]
    written = arrive(letter("40"), *odd, good(1))
    assert [one.text for one in written] == ["x"] * (1 + len(odd)) + ["Dzień dobry 1"]
    assert written[0].subject == "Raport Suma: 5"


@pytest.mark.parametrize("name", BAD)
def test_a_letter_made_to_break_us_is_shown_as_it_came(arrive, name):
    raw = HEAD + BAD[name]
    _first, bad, last = arrive(good(1), raw, good(2))
    assert (bad.conversation.title, bad.subject, last.text) == ("Mallory", "Poison", "Dzień dobry 2")
    [file] = bad.attachments.all()
    assert (file.state, content_of(file)) == ("ready", raw)
    page = page_of(bad.conversation)
    assert "The letter is broken: it is attached as it came." in page
    assert "letter as it came.eml" in page


@pytest.mark.parametrize("name", ODD)
def test_an_odd_letter_is_read(arrive, name):
    odd, last = arrive(HEAD + ODD[name], good(1))
    assert odd.text.startswith("odd ")
    assert "words" in odd.text
    assert last.text == "Dzień dobry 1"


def test_a_letter_without_a_sender_is_read_by_the_operators(arrive):
    assert arrive(b"Subject: Lost\r\n\r\nWho am I?") == []
    said = ChatMessage.objects.get()
    assert said.conversation.is_system
    assert said.conversation.is_unread
    assert "Who am I?" in page_of(said.conversation)
    assert said.attachments.get().state == AttachmentState.READY


def test_a_bounce_of_microsoft_is_one_of_the_letter_it_names(arrive, mailbox):
    message = make_letter_of_ours(to="gone@example.pl", gateway=mailbox, state=MessageState.SENT)
    assert arrive(letter("02", message.key)) == []
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert UnusableAddress.objects.filter(channel="email", address="gone@example.pl").exists()


@pytest.mark.parametrize("way", ["header", "envelope"])
def test_a_bounce_after_a_relay_that_writes_ids_of_its_own_is_known(arrive, mailbox, way):
    message = make_letter_of_ours(to="gone@example.pl", gateway=mailbox, state=MessageState.SENT)
    raw = letter("02", uuid.uuid4())
    if way == "header":
        raw = raw.replace(b"To: gone@example.pl", b"X-Gonets-Message: %s" % str(message.key).encode())
    else:
        raw = raw.replace(b"Reporting-MTA", b"Original-Envelope-Id: %s\r\nReporting-MTA" % str(message.key).encode())
    arrive(raw.replace(b"Status: 5.1.1", b"Status: 5.1.1 (bad destination mailbox address)"))
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert UnusableAddress.objects.filter(address="gone@example.pl").exists()


RETURNED = (
    "From: MAILER-DAEMON@relay.example\r\n{field}: orders+{key}@shop.example\r\nSubject: Undeliverable\r\n"
    "Message-ID: <1@relay.example>\r\nAuto-Submitted: auto-replied\r\n\r\nYour message could not be delivered.\r\n"
)


@pytest.mark.parametrize("field", ["To", "Delivered-To", "X-Original-To"])
def test_a_bounce_that_carries_nothing_of_ours_but_the_address_it_came_to_is_known(arrive, mailbox, field):
    with SmtpServer() as server:
        mailbox.config |= server.config(returns_to="plus")
        mailbox.save()
        polling.arrange_polls()
        polling.poll(mailbox.pk)
        message = make_letter_of_ours(to="gone@example.pl")
        run_worker()
        [returns_to] = server.senders
    message.refresh_from_db()
    assert (message.state, returns_to) == (MessageState.SENT, f"orders+{message.key}@shop.example")
    assert arrive(RETURNED.format(field=field, key=message.key).encode()) == []
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_an_absence_note_to_the_address_with_the_number_is_no_bounce(arrive, mailbox):
    message = make_letter_of_ours(to="anna@example.pl", gateway=mailbox, state=MessageState.SENT)
    note = RETURNED.format(field="To", key=message.key).replace("MAILER-DAEMON@relay.example", "anna@example.pl")
    assert len(arrive(note.encode())) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_a_bounce_of_a_letter_that_we_never_sent_can_be_read(arrive):
    assert len(arrive(letter("02", uuid.uuid4()).replace(b"Action: failed", b"Action: delayed"))) == 1


def test_two_customers_of_a_form_are_two_and_answered_at_their_own_address(arrive):
    ewa, piotr = arrive(letter("04"), letter("05"))
    assert [ewa.conversation.title, piotr.conversation.title] == ["Ewa", "Piotr"]
    assert ConversationAddress.objects.get(conversation=ewa.conversation).address == "ewa@example.pl"
    assert "Sent from formularz@shop.example" in page_of(ewa.conversation)


def test_a_list_that_asks_for_answers_to_itself_is_not_answered(arrive):
    [said] = arrive(letter("34").replace(b"MIME-Version", b"Reply-To: orders@shop.example\r\nMIME-Version"))
    assert ConversationAddress.objects.get(conversation=said.conversation).address == "anna.group@example.pl"


def test_an_attached_letter_is_a_file_and_the_photo_is_the_photo(arrive):
    said, page = one(arrive(letter("18")))
    inner, photo = said.attachments.order_by("pk")
    assert (inner.name, inner.content_type) == ("Przesyłka zwrócona.eml", "message/rfc822")
    assert b"JVBERi0xLjQgaW5uZXIKJSVFT0Y=" in content_of(inner)
    assert (photo.name, photo.state, photo.width) == ("zdjecie.png", "ready", 1)
    assert "zdjecie.png" in page


def test_a_person_s_letter_by_a_group_is_unread_and_waits_for_an_answer(arrive):
    said, _page = one(arrive(letter("34")))
    assert Conversation.objects.filter(pk=said.conversation_id, waiting_since__isnull=False).exists()


def test_two_letters_of_one_message_id_are_both_read_and_one_that_comes_twice_is_read_once(arrive):
    same = b"Message-ID: <same@form.example>\r\n\r\n"
    first = b"From: a@example.pl\r\nReceived: one\r\n" + same + b"First"
    again = b"From: a@example.pl\r\nReceived: two\r\n" + same + b"First"
    other = b"From: a@example.pl\r\n" + same + b"Second"
    assert [one.text for one in arrive(first, again, other)] == ["First", "Second"]


def test_a_mailbox_of_good_and_bad_letters_is_read_to_its_end(arrive, imap, mailbox):
    """All kinds at once, among 200 good ones, on a line of 700 kB/s."""
    imap.bytes_per_second = 700_000
    message = make_letter_of_ours(to="gone@example.pl", gateway=mailbox, state=MessageState.SENT)
    faults = [path.read_bytes().replace(b"@@KEY@@", str(message.key).encode()) for path in LETTERS.glob("*.eml")]
    odd = [*faults, *(HEAD + one for one in (*BAD.values(), *ODD.values()))]
    rest = [good(number) for number in range(200)]
    mixed = [one for pair in itertools.zip_longest(rest, odd) for one in pair if one]
    written = arrive(*mixed)
    texts = [one.text for one in written]
    assert [text for text in texts if text.startswith("Dzień dobry ")] != []
    assert {f"Dzień dobry {number}" for number in range(200)} <= set(texts)
    assert len(written) == len(mixed) - 1  # the bounce
    assert sum("attached as it came" in text for text in texts) == len(BAD)
    assert not HookEvent.objects.exclude(problem="").exists()
    assert Message.objects.get().state == MessageState.FAILED
