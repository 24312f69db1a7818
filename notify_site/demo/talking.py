"""What the demo's customers and operators say to each other: by the web chat and by SMS; hints for both departments."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.models import Client
from messaging.gateways.models import Gateway
from messaging.inbox.conversations.writing import Said, add, lock, receive, show, tell_operators
from messaging.inbox.identity.finding import conversation_of, remember_address, system_conversation
from messaging.inbox.lines.lines import last_way, line_of, web_line
from messaging.inbox.lines.outbound import deliver
from messaging.inbox.models import AddressKind, ChatMessage, ChatSettings, Conversation, Hint, Line, LineKind, Sender
from messaging.inbox.retention import remove_files
from orders.models import Order

from .company import RESTAURANT, WATER
from .made import find_or_make, remember, rows_of

GREETING = "Dzień dobry! Здравствуйте! / Good day! Ask us anything about your order."
HINTS = [
    ("Powitanie", "1", "Dzień dobry, {first_name|drogi kliencie}! W czym możemy pomóc?"),
    ("Gdzie jest zamówienie", "1.5", "Zamówienie {order_number} jest w realizacji: {delivery_time}."),
    ("Приветствие", "2", "Здравствуйте, {first_name|клиент}! Чем можем помочь?"),
    ("Когда привезут", "2.5", "Заказ {order_number} привезём {planned_arrival}."),
]


@dataclass(frozen=True)
class Talk:
    """One conversation; `words`: who says what, the oldest first; the last word came so many minutes ago."""

    department: str
    kind: LineKind
    minutes_ago: int
    words: Sequence[tuple[Sender, str]]


TALKS = [
    Talk(
        RESTAURANT,
        LineKind.WEB,
        95,
        [
            (Sender.CLIENT, "Dzień dobry, czy mogę jeszcze zmienić adres dostawy?"),
            (Sender.OPERATOR, "Dzień dobry! Tak, proszę podać nowy adres."),
            (Sender.CLIENT, "ul. Ogrodowa 4. Dziękuję!"),
            (Sender.OPERATOR, "Gotowe, kurier już wie."),
        ],
    ),
    Talk(
        WATER,
        LineKind.SMS,
        40,
        [
            (Sender.CLIENT, "Добрый день! Когда привезут воду?"),
            (Sender.OPERATOR, "Добрый день! Водитель будет у вас до 18:00."),
        ],
    ),
    Talk(RESTAURANT, LineKind.WEB, 12, [(Sender.CLIENT, "Czy pizza może być bez cebuli?")]),
    Talk(WATER, LineKind.WEB, 3, [(Sender.CLIENT, "Можно вернуть три пустые бутыли?")]),
]


def make_talks() -> None:
    """Two read, two unread, one from the program; chat on, unless somebody has set it up already."""
    for name, position, text in HINTS:
        find_or_make(Hint, name, position=position, text=text)
    settings = ChatSettings.current()
    if not settings.is_on and not settings.greeting:
        settings.is_on, settings.greeting = True, GREETING
        settings.save(update_fields=["is_on", "greeting"])
        remember([settings])
    used: set[int] = set()
    for talk in TALKS:
        order = next((one for one in orders_of(talk) if one.client_id not in used), None)
        if order is not None:
            used.add(order.client_id)
            hold_talk(talk, order)
    told = tell_operators(_("This is where the program tells you of itself: a gateway that is paused, a new version."))
    remember([told] if told else [])


def orders_of(talk: Talk) -> Iterator[Order]:
    """Those of the demo with a phone."""
    orders = rows_of(Order).filter(department__name=talk.department).exclude(contact_phone="")
    yield from orders.select_related("client").order_by("pk")


def hold_talk(talk: Talk, order: Order) -> None:
    conversation = conversation_of(order.client)
    line = line_for(talk.kind)
    if talk.kind == LineKind.SMS:
        remember_address(conversation, AddressKind.PHONE, order.contact_phone.as_e164, line)
    at = timezone.now() - datetime.timedelta(minutes=talk.minutes_ago + len(talk.words))
    for sender, words in talk.words:
        at += datetime.timedelta(minutes=1)
        said = Said(words, at=at)
        if sender == Sender.CLIENT:
            receive(conversation, said, line)
        else:
            answer(conversation, said, line)
    Conversation.objects.filter(pk=conversation.pk).update(last_at=at)


def line_for(kind: LineKind) -> Line:
    if kind == LineKind.WEB:
        return web_line()
    gateway = rows_of(Gateway).filter(adapter="sandbox_sms").first() or Gateway.objects.get(name="Sandbox phone")
    return line_of(gateway, kind)


def answer(conversation: Conversation, said: Said, line: Line) -> None:
    """An operator's, whose account a fresh installation does not have yet; all before it was read."""
    row = lock(conversation)
    written = add(row, Sender.OPERATOR, said, line=line)
    way = last_way(row)
    assert way is not None  # they have written by this line
    deliver(row, written, way)
    row.waiting_since, row.is_unread, row.unread, row.read_up_to = None, False, 0, written.pk
    show(row, written)


def forget_talks() -> None:
    """Everything that was said with the demo's clients, their files too; the chat is as it was."""
    talks = Conversation.objects.filter(client__in=rows_of(Client))
    remove_files(list(ChatMessage.objects.filter(conversation__in=talks).values_list("pk", flat=True)))
    talks.delete()
    rows_of(ChatMessage).delete()
    system = system_conversation()
    if not system.chat_messages.exists():
        system.delete()
    else:
        system.unread = min(system.unread, system.chat_messages.filter(pk__gt=F("conversation__read_up_to")).count())
        system.is_unread = system.unread > 0
        system.save(update_fields=["unread", "is_unread"])
    rows_of(ChatSettings).filter(greeting=GREETING).update(is_on=False, greeting="")
    rows_of(Hint).delete()
