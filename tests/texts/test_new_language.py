"""A language is one folder: a throw-away one is spoken, heard and read by a worker that finds it there."""

from pathlib import Path

import pytest
from django.utils import timezone

from locations.models import Suppression
from messaging.gateways.adapters import HookRequest
from messaging.gateways.calls.hooks import store
from messaging.gateways.models import Gateway
from messaging.inbox.models import ChatMessage
from orders.models import Order
from orders.moves import move_to
from tests.imports.sending import table
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_template
from tests.processes import Site, wait_until
from tests.running_worker import received

ESPERANTO = """
name = "Esperanto"
today = "hodiaŭ"
date = "Y-m-d"
calls = "eo"
voice = "Polly.Zamenhof"
[dear]
male = "Kara sinjoro"
[payments]
cash = "kontante"
[samples]
stage = "Survoje"
[commands]
leave = ["haltu"]
[letters]
introduction = ['skribis']
[files.payments]
cash = ["per mono"]
[files.languages]
eo = ["esperanto"]
"""
LETTER = """From: Ludoviko <lu@example.com>\r
To: shop@example.com\r
Message-ID: <1@example.com>\r
Content-Type: text/plain; charset=utf-8\r
\r
Dankon!\r
\r
Je 2026-03-01 10:15 la vendejo skribis:\r
> Via mendo estas preta.\r
"""
ALICE = "+48501234567"
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with one more language, as an installation may have it beside the program's own."""
    (tmp_path / "eo").mkdir()
    (tmp_path / "eo" / "language.toml").write_text(ESPERANTO)
    return str(tmp_path)


def call(gateway: Gateway, content_type: str, body: str) -> None:
    store(gateway, HookRequest("https://shop.example/", "POST", body.encode(), {"content-type": content_type}))


def test_it_is_spoken_in_a_message_and_understood_in_a_letter_and_in_an_sms(site: Site, folder: str):
    sandbox, mailbox = make_gateway(), make_gateway("smtp")
    ready = make_stages()["ready"]
    text = "{dear} {client_name}: {order_date}, {delivery_time}, {payment_type}"
    make_robot(ready, template=make_template(text, language="eo"))
    ludoviko = make_client(name="Ludoviko", gender="male", language="eo")
    order = make_order(
        make_location(ludoviko, phone=ALICE),
        notify=False,
        placed_at=timezone.now(),
        promised_minutes=0,
        payment_type="cash",
    )
    move_to(order, ready)
    call(mailbox, "message/rfc822", LETTER)
    site.start("qcluster", LANGUAGES_DIR=folder)

    wait_until(lambda: received() and ChatMessage.objects.exists(), "the message and the letter")
    placed = timezone.localtime(order.placed_at)
    assert received() == [(ALICE, f"Kara sinjoro Ludoviko: {placed:%Y-%m-%d}, hodiaŭ {placed:%H:%M}, kontante")]
    assert ChatMessage.objects.get().text == "Dankon!"

    call(sandbox, "application/x-www-form-urlencoded", f"id=1&from=%2B{ALICE[1:]}&text=Haltu!")
    wait_until(Suppression.objects.exists, "nothing more is sent after HALTU")
    assert {one.address for one in Suppression.objects.all()} == {ALICE}


def test_it_is_read_in_files(site: Site, folder: str, tmp_path: Path):
    make_stages()
    file = tmp_path / "orders.csv"
    file.write_bytes(table({"language": "Esperanto", "paymentType": "Per mono"}))
    done = site.run("import_orders", str(file), LANGUAGES_DIR=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    order = Order.objects.get()
    assert (order.client.language, order.payment_type) == ("eo", "cash")


def test_a_folder_with_a_word_that_nobody_knows_stops_the_site_at_once(site: Site, folder: str):
    (Path(folder) / "eo" / "language.toml").write_text('name = "Esperanto"\ntodaj = "hodiaŭ"\n')
    done = site.run("check", LANGUAGES_DIR=folder)
    assert done.returncode != 0
    assert "todaj" in done.stderr
