"""What a letter says: the newest words, the files, who wrote it, and whether anybody did."""

import time
from email.message import EmailMessage
from email.mime.text import MIMEText
from typing import Any

import pytest

from messaging.gateways.adapters import InboundNews, ReceiptNews, ReceiptStatus
from messaging.gateways.adapters.email.letters import Place, as_call, read_letter
from messaging.gateways.adapters.email.quotes import newest_words

KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"


def make_letter(text: str = "Halo", html: str = "", **headers: str) -> EmailMessage:
    letter = EmailMessage()
    headers = {"From": "Alicja <ALICJA@Example.com>", "To": "orders@shop.example", "Subject": "A-17", **headers}
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    if text:
        letter.set_content(text)
    if html:
        (letter.add_alternative if text else letter.set_content)(html, subtype="html")
    return letter


def read(letter: Any) -> Any:
    """As it is read after it was asked for."""
    raw = letter if isinstance(letter, bytes) else letter.as_bytes()
    [news] = read_letter(as_call(raw, Place(7, 12)))
    return news


def test_it_says_who_wrote_what():
    news = read(make_letter(Message_ID="<1@example.com>", References="<0@example.com>"))
    assert (news.sender, news.name, news.subject, news.text) == ("alicja@example.com", "Alicja", "A-17", "Halo")
    assert news.provider_id.startswith("<1@example.com> ")
    assert news.thread == {"message_id": "<1@example.com>", "references": "<0@example.com>", "subject": "A-17"}
    assert not news.is_automatic


def test_without_an_id_the_place_in_the_mailbox_is_the_id():
    assert read(make_letter()).provider_id == "imap:?validity=7&uid=12"


def test_the_text_is_preferred_and_html_becomes_text():
    assert read(make_letter("Tekst", "<p>HTML</p>")).text == "Tekst"
    html = "<p>Dzień <b>dobry</b></p><script>alert(1)</script><style>p {}</style><img src='https://spy.example/1.gif'>"
    assert read(make_letter("", html)).text == "Dzień dobry"
    quoting = read(make_letter("", "Nowe<blockquote type='cite'>Stare</blockquote>"))
    assert (quoting.text, quoting.whole) == ("Nowe", "Nowe\n\nStare")
    assert read(make_letter("", "<div>" * 50_000 + "x")).text == "x"


def test_a_letter_forwarded_as_html_is_all_shown():
    html = "<p>Proszę o pomoc</p><div class='gmail_quote'>---------- Forwarded message ---------<br>Stare</div>"
    assert read(make_letter("", html)).text.endswith("Forwarded message ---------\nStare")
    html = "<p>Proszę o pomoc</p><div id='divRplyFwdMsg'>Od: Kurier</div><div>Stare</div>"
    assert read(make_letter("", html, Subject="PD: Przesyłka")).text.endswith("Stare")
    assert read(make_letter("", html)).text == "Proszę o pomoc"


@pytest.mark.parametrize("html", ["<p style='padding-left:100000em'>x</p>" * 600, "<td colspan=9999999>x" * 1000])
def test_a_page_of_styles_is_no_longer_than_its_words(html):
    """A layout engine made 1.8 GB of 20 KB."""
    assert len(read(make_letter("", html)).text) < 4000


def test_many_pages_in_one_letter_are_read_within_bounds_and_attached_as_they_came():
    part = b"--z\r\nContent-Type: text/html\r\n\r\n" + b"<p>x" * 5000 + b"\r\n"
    raw = b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n" + part * 900
    began = time.process_time()
    news = read(raw)
    assert time.process_time() - began < 5  # 21 seconds when each page was read
    assert [file.reference for file in news.files] == ["7.12.whole"]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
def test_letters_of_old_programs_are_readable(charset):
    letter = MIMEText("Где заказ?", "plain", charset)
    letter["From"], letter["Subject"] = "a@example.com", "Заказ"
    assert (read(letter.as_bytes()).text, read(letter.as_bytes()).subject) == ("Где заказ?", "Заказ")


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("Tak\n\nW dniu 12.05.2026 o 10:00, Sklep napisał(a):\n> Jedziemy\n> już", "Tak"),
        ("Да\n\nпн, 12 мая 2026 г. в 10:00, Магазин <a@b.pl>:\n> Едем", "Да"),
        ("Да\n\n12.05.2026 10:00, Магазин пишет:\n> Едем", "Да"),
        ("Так\n\nпн, 12 трав. 2026 р. о 10:00 Крамниця <a@b.pl> пише:\n\n> Їдемо", "Так"),
        ("Yes\n\nOn Mon, May 12, 2026 at 10:00 AM A Shop With A Long Name\n<a@b.pl> wrote:\n> Coming", "Yes"),
        ("Yes\n\n-----Original Message-----\nFrom: a\nSent: b\n\nold", "Yes"),
        ("Tak\n\nOd: Sklep\nWysłano: wtorek\nDo: Ala\nTemat: A-17\n\nstare", "Tak"),
        ("Да\n\nОт: Магазин\nОтправлено: вторник\nКому: Аля\nТема: A-17\n\nстарое", "Да"),
        ("> Coming at 5\n\nYes please", "> Coming at 5\n\nYes please"),
        ("On Mon, May 12, 2026 a@b.pl wrote:\n> Coming at 5\n\nYes please", "Yes please"),
        ("1/2\nOn Mon, May 12, 2026 a@b.pl wrote:\n> Coming at 5", "1/2"),
        ("> 2 butelki\n> 1 syfon\nproszę", "> 2 butelki\n> 1 syfon\nproszę"),
        (
            "W dniu 12.05.2026 Sklep napisał:\n> Kiedy?\nJutro\n> Gdzie?\nW domu",
            "W dniu 12.05.2026 Sklep napisał:\n> Kiedy?\nJutro\n> Gdzie?\nW domu",
        ),
        ("Tak\n\n____________________\nOd: Sklep\nWysłano: wtorek\nTemat: A-17\n\nstare", "Tak"),
        ("Woda\n____________________\nprzed bramą", "Woda\n____________________\nprzed bramą"),
        ("Tak\n--\nkod 1234", "Tak\n--\nkod 1234"),
        ("Pomocy\n\n---------- Forwarded message ---------\nOd: a\n\nstare", None),
        ("Yes\n-- \nAlicja\ntel. 501", "Yes"),
        ("> only a quotation", "> only a quotation"),
        ("Od: 10 do 12\njestem w domu", "Od: 10 do 12\njestem w domu"),
        ("- one\n- two: three", "- one\n- two: three"),
        ("", ""),
    ],
)
def test_the_newest_words_are_cut_out(text, newest):
    assert newest_words(text) == (text if newest is None else newest)


def test_files_are_named_and_their_content_is_not_kept():
    letter = make_letter()
    letter.add_attachment(b"x" * 5000, maintype="image", subtype="png", filename="zdjęcie.png")
    letter.add_attachment(b"y" * 100, maintype="application", subtype="pdf", filename="umowa.pdf")
    letter.add_attachment(
        b"z" * 90, maintype="image", subtype="gif", filename="logo.gif", disposition="inline", cid="<l>"
    )
    call = as_call(letter.as_bytes(), Place(7, 12))
    assert len(call.body) < 3000
    [news] = read_letter(call)
    assert [(file.reference, file.name, file.size) for file in news.files] == [
        ("7.12.0", "zdjęcie.png", 5000),
        ("7.12.1", "umowa.pdf", 100),
    ]


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_what_no_person_wrote_is_marked(header):
    assert read(make_letter(**header)).is_automatic


def test_a_person_s_letter_may_say_that_it_is_one():
    assert not read(make_letter(Auto_Submitted="no")).is_automatic


@pytest.mark.parametrize(
    "header",
    [{"List_Id": "<biuro.example.com>"}, {"List_Unsubscribe": "<mailto:x@example.com>"}, {"Precedence": "list"}],
)
def test_what_came_by_a_list_was_written_by_a_person(header):
    assert not read(make_letter(**header)).is_automatic


def test_a_letter_that_may_be_our_own_is_told_as_such_and_the_table_decides():
    assert read(make_letter(Message_ID=f"<{KEY}@shop.example>")).own_key == KEY
    assert read(make_letter(X_Gonets_Message=KEY)).own_key == KEY
    assert read(make_letter()).own_key == ""


def make_bounce(status: str = "5.1.1", action: str = "failed", message_id: str = f"<{KEY}@shop.example>") -> bytes:
    """As mail servers write it (RFC 3464)."""
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>",
        "Subject: Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "MIME-Version: 1.0",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "This is the mail system.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        "Final-Recipient: rfc822; alicja@example.com",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {message_id}",
        "Subject: A-17",
        "",
        "Jedziemy",
        "--b--",
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(("status", "is_dead"), [("5.1.1", True), ("5.2.2", False), ("5.7.1", False)])
def test_a_bounce_is_a_receipt_of_our_letter(status, is_dead):
    news = read(make_bounce(status))
    assert isinstance(news, ReceiptNews)
    assert (news.status, news.message_key, news.code) == (ReceiptStatus.FAILED, KEY, status)
    assert news.is_address_dead == is_dead


@pytest.mark.parametrize(
    "changes", [{"action": "delayed", "status": "4.4.1"}, {"message_id": "<another@shop.example>"}]
)
def test_a_bounce_of_something_else_or_a_delay_is_no_receipt_but_can_be_read(changes):
    news = read(make_bounce(**changes))
    assert isinstance(news, InboundNews)
    assert news.text == "This is the mail system."


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"Subject: x\n\nhi", b"From: nobody\n\nhi", b"\xff\xfe\x00"])
def test_what_names_no_sender_is_kept_as_it_came(raw):
    news = read(raw)
    assert news.sender == ""
    assert [file.reference for file in news.files] == (["7.12.whole"] if raw else [])


def test_headers_cannot_bring_lines_of_their_own():
    raw = b"From: =?utf-8?q?A=0D=0ABcc:_x?= <a@example.com>\nSubject: =?utf-8?q?Hi=0D=0ABcc:_x?=\n\nHi"
    news: InboundNews = read(raw)
    assert "\n" not in news.subject
    assert "\r" not in news.thread["subject"]
