"""The same client over each line in turn: one conversation, and each reply leaves by the line last written from."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from locations.models import Client
from messaging.gateways import polling
from messaging.gateways.delivery import check
from messaging.gateways.models import Gateway
from messaging.inbox.conversations.writing import Said, receive, reply
from messaging.inbox.lines.lines import last_way, web_line
from messaging.inbox.lines.telegram_links import telegram_link
from messaging.inbox.models import ChatMessage, Conversation, LineKind, Sender
from messaging.outbox.models import Message
from messaging.outbox.sending.event_loop import adapter_for, submit
from messaging.outbox.states import MessageState
from tests.gateways.imap_server import ImapServer
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.telegram_server import NAME, TelegramServer
from tests.gateways.twilio_server import TwilioServer
from tests.inbox.makers import switch_on
from tests.makers import make_client, make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, EMAIL, CHAT = "+48501234567", "alicja@example.com", 4242


@dataclass
class Shop:
    """A company with an account at each provider; all of them are real servers on this machine."""

    twilio: TwilioServer
    telegram: TelegramServer
    smtp: SmtpServer
    imap: ImapServer
    gateways: dict[str, Gateway] = field(default_factory=dict)

    def connect(self) -> None:
        self.gateways = {
            "sms": make_gateway("twilio_sms", config=self.twilio.config()),
            "whatsapp": make_gateway("twilio_whatsapp", config=self.twilio.config()),
            "telegram": make_gateway("telegram", config=self.telegram.config()),
            "email": make_gateway("smtp", config=self.smtp.config() | self.imap.config()),
        }
        assert check(self.gateways["telegram"]).is_good  # as after connecting: it tells Telegram where to call
        polling.arrange_polls()
        polling.poll(self.gateways["email"].pk)  # what lies in the mailbox already is no news

    def counts(self) -> tuple[int, int, int]:
        return len(self.twilio.messages), len(self.telegram.sent), len(self.smtp.letters)


@pytest.fixture
def shop(live_server, settings) -> Iterator[Shop]:
    settings.PUBLIC_URL = live_server.url
    switch_on()
    with ExitStack() as servers:
        shop = Shop(*(servers.enter_context(make()) for make in (TwilioServer, TelegramServer, SmtpServer, ImapServer)))
        shop.connect()
        yield shop
        for gateway in shop.gateways.values():
            submit(adapter_for(gateway).close()).result(5)


@pytest.fixture
def alice() -> Client:
    alice = make_client(name="Alicja Nowak")
    alice.contact_points.create(kind="phone", value=PHONE)
    alice.contact_points.create(kind="email", value=EMAIL)
    return alice


def newest_words() -> tuple[str, str]:
    """(kind of line, text) of what the client wrote last; there is one conversation only."""
    conversation = Conversation.objects.get()
    said = conversation.chat_messages.filter(sender=Sender.CLIENT).select_related("line").latest("pk")
    return said.line.kind, said.text


def answer(text: str) -> Message | None:
    """An operator answers by the line last written from; the worker sends it."""
    conversation = Conversation.objects.get()
    operator = make_user("Operator")
    written = reply(conversation, operator, Said(text), last_way(conversation), seen=conversation.newest_id)
    run_worker()
    written.refresh_from_db()
    assert written.message is None or written.message.state == MessageState.SENT
    return written.message


def letter(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Alicja Nowak <{EMAIL}>", "orders@shop.example", "Zamówienie A-17"
    mail["Message-ID"], mail["References"] = "<mail-1@example.com>", "<mail-0@example.com>"
    mail.set_content(f"{text}\n\nW dniu 12.05.2026 o 10:00, Sklep <orders@shop.example> napisał(a):\n> Jedziemy")
    return mail


def test_one_client_over_each_line_in_turn(shop: Shop, alice: Client):
    sms, whatsapp = shop.gateways["sms"].hook_url, shop.gateways["whatsapp"].hook_url

    assert shop.twilio.write(sms, PHONE, "Gdzie jest kurier?") == 200
    run_worker()
    assert newest_words() == (LineKind.SMS, "Gdzie jest kurier?")
    assert Conversation.objects.get().client == alice
    answer("Za godzinę.")
    assert shop.counts() == (1, 0, 0)
    assert (shop.twilio.messages[-1]["To"], shop.twilio.messages[-1]["Body"]) == (PHONE, "Za godzinę.")

    assert shop.twilio.write(whatsapp, f"whatsapp:{PHONE}", "A teraz?", ProfileName="Ala") == 200
    run_worker()
    assert newest_words() == (LineKind.WHATSAPP, "A teraz?")
    answer("Za pół godziny.")
    assert shop.counts() == (2, 0, 0)
    assert shop.twilio.messages[-1]["To"] == f"whatsapp:{PHONE}"

    link = telegram_link(alice)
    assert link.startswith(f"https://t.me/{NAME}?start=")
    assert shop.telegram.call(shop.telegram.say(CHAT, f"/start {link.partition('=')[2]}")) == 200
    assert shop.telegram.call(shop.telegram.say(CHAT, "Jestem też tutaj")) == 200
    run_worker()
    assert newest_words() == (LineKind.TELEGRAM, "Jestem też tutaj")
    answer("Widzimy.")
    assert shop.counts() == (2, 1, 0)
    assert shop.telegram.sent[-1] == ("sendMessage", {"chat_id": str(CHAT), "text": "Widzimy."})

    shop.imap.put(letter("Proszę fakturę."))
    assert polling.poll(shop.gateways["email"].pk) == 1
    run_worker()
    assert newest_words() == (LineKind.EMAIL, "Proszę fakturę.")
    answer("W załączeniu.")
    assert shop.counts() == (2, 1, 1)
    sent = shop.smtp.letters[-1]
    assert (sent["To"], sent["Subject"]) == (EMAIL, "Re: Zamówienie A-17")
    assert sent["In-Reply-To"] == "<mail-1@example.com>"
    assert sent["References"] == "<mail-0@example.com> <mail-1@example.com>"
    assert sent["Auto-Submitted"] == "no"

    receive(Conversation.objects.get(), Said("I na stronie"), web_line())
    assert answer("Dobrze.") is None  # the row itself is the delivery
    assert shop.counts() == (2, 1, 1)

    assert shop.twilio.write(sms, PHONE, "I znowu SMS") == 200
    run_worker()
    answer("Proszę bardzo.")
    assert shop.counts() == (3, 1, 1)
    assert shop.twilio.messages[-1]["To"] == PHONE
    assert Conversation.objects.get().client == alice
    lines = ChatMessage.objects.filter(sender=Sender.OPERATOR).order_by("pk").values_list("line__kind", flat=True)
    assert list(lines) == ["sms", "whatsapp", "telegram", "email", "web", "sms"]


def test_a_reply_never_leaves_by_another_gateway(shop: Shop, alice: Client):
    """Not even when there is another one that carries the same channel."""
    shop.telegram.call(shop.telegram.say(CHAT, f"/start {telegram_link(alice).partition('=')[2]}"))
    run_worker()
    conversation = Conversation.objects.get()
    written = reply(conversation, make_user("Operator"), Said("Halo"), last_way(conversation), seen=10**6)
    Gateway.objects.filter(pk=shop.gateways["telegram"].pk).update(is_on=False)
    run_worker()
    written.message.refresh_from_db()
    assert written.message.state == MessageState.REFUSED
    assert "switched off" in str(written.message.reason)
    assert shop.counts() == (0, 0, 0)


def test_telegram_calls_with_the_secret_only(shop: Shop):
    update = shop.telegram.say(CHAT, "Halo")
    assert shop.telegram.call(update, secret="guessed") == 403
    assert shop.telegram.call(update) == 200
    run_worker()
    assert newest_words() == (LineKind.TELEGRAM, "Halo")
    assert Conversation.objects.get().title == "Alicja Nowak"


def test_pages_that_list_channels_know_chat(shop: Shop, alice: Client, client):
    shop.twilio.write(shop.gateways["whatsapp"].hook_url, f"whatsapp:{PHONE}", "Halo")
    run_worker()
    message = answer("Dzień dobry")
    client.force_login(make_user(is_superuser=True))
    gateways = [f"/admin/gateways/gateway/{gateway.pk}/change/" for gateway in shop.gateways.values()]
    order_pages = ["/admin/", "/admin/outbox/message/", f"/admin/outbox/message/{message.pk}/change/"]
    lists = [
        "/admin/locations/suppression/",
        "/admin/outbox/unusableaddress/",
        f"/admin/locations/client/{alice.pk}/change/",
    ]
    for address in [*gateways, *order_pages, *lists, "/admin/gateways/gateway/", "/admin/robots/robot/add/"]:
        assert client.get(address).status_code == 200, address


def test_a_test_message_goes_to_a_chat_of_the_bot(shop: Shop, client):
    client.force_login(make_user(is_superuser=True))
    address = f"/admin/gateways/gateway/{shop.gateways['telegram'].pk}/test/"
    page = client.post(address, {"to": str(CHAT), "text": "Test"}, follow=True).content.decode()
    assert "The provider took the test message to 4242" in page
    assert shop.telegram.sent[-1] == ("sendMessage", {"chat_id": str(CHAT), "text": "Test"})
    client.post(address, {"to": "+48501234567", "text": "Test"})
    assert len(shop.telegram.sent) == 1
