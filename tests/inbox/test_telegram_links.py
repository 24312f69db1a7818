"""A link binds a person's Telegram to their card; nobody can make one up."""

import datetime
import re

import pytest
from django.core.signing import BadSignature
from django.utils import timezone

from messaging.gateways import polling
from messaging.inbox.identity.finding import conversation_of
from messaging.inbox.lines.telegram_links import VALID_DAYS, client_of_pass_word, pass_word, telegram_link
from messaging.inbox.models import ChatMessage, Conversation
from tests.gateways.telegram_server import NAME, TelegramServer
from tests.makers import make_client, make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
CHAT = 4242


def test_a_pass_word_fits_into_telegram():
    client = make_client(pk=2**62)
    word = pass_word(client)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", word)
    assert client_of_pass_word(word) == client


def test_a_changed_old_or_foreign_one_opens_nothing(time_machine):
    alice, bob = make_client(), make_client()
    mine, other = pass_word(alice), pass_word(bob)
    forged = "_".join([other.split("_")[0], *mine.split("_")[1:]])
    for wrong in ("", "x", "_", "__", mine[:-1], mine + "x", forged, "ż" * 10, mine.upper()):
        with pytest.raises(BadSignature):
            client_of_pass_word(wrong)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=VALID_DAYS + 2))
    with pytest.raises(BadSignature):
        client_of_pass_word(mine)


def test_without_a_bot_there_is_no_link():
    alice = make_client()
    assert telegram_link(alice) == ""
    make_gateway("telegram", config=TelegramServer().config(username=f"@{NAME}"))
    assert telegram_link(alice).startswith(f"https://t.me/{NAME}?start=")


@pytest.fixture
def telegram():
    with TelegramServer() as server:
        yield server


@pytest.fixture
def write(telegram):
    gateway = make_gateway("telegram", config=telegram.config())
    polling.arrange_polls()

    def write(text: str) -> None:
        telegram.say(CHAT, text)
        polling.poll(gateway.pk)
        run_worker()

    return write


def test_who_wrote_before_is_joined_to_the_card_by_the_link(write):
    alice = make_client(name="Alicja")
    mine = conversation_of(alice)
    write("Halo")
    assert Conversation.objects.count() == 2
    write(f"/start {pass_word(alice)}")
    assert Conversation.objects.get() == mine
    write("To ja")
    assert list(mine.chat_messages.order_by("pk").values_list("text", flat=True)) == ["Halo", "/start", "To ja"]


def test_pressing_start_is_nothing_to_read(write):
    write("/start")
    conversation = Conversation.objects.get()
    assert (conversation.is_unread, conversation.title) == (False, "Alicja Nowak")
    assert ChatMessage.objects.get().is_command


def test_a_made_up_link_binds_nobody_and_the_person_is_heard(write):
    make_client()
    write("/start 1_kg_AAAAAAAAAAAAAAAAAAAAAAAA")
    write("Halo")
    assert Conversation.objects.get().client is None


def test_who_opens_anothers_link_writes_there_from_now_on(write):
    alice, bob = make_client(), make_client()
    write(f"/start {pass_word(alice)}")
    write(f"/start {pass_word(bob)}")
    write("Halo")
    assert ChatMessage.objects.get(text="Halo").conversation.client == bob


def test_a_place_that_moves_is_told_once(telegram, write):
    write("Halo")
    place = {"latitude": 52.2, "longitude": 21.0, "live_period": 900}
    first = telegram.say(CHAT, location=place)["message"]
    for step in range(5):
        moved, edited = place | {"latitude": 52.2 + step / 1000}, {**first, "edit_date": first["date"] + step}
        telegram.updates.append(
            {"update_id": 900_000 + next(telegram._numbers), "edited_message": {**edited, "location": moved}}
        )
    write("I am near")
    said = [text.split("\n")[0] for text in ChatMessage.objects.order_by("pk").values_list("text", flat=True)]
    assert said == ["Halo", "Place: 52.200000, 21.000000", "I am near"]
