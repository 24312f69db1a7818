"""The Telegram bot against a real HTTP server that speaks its interface."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from messaging.gateways.adapters import (
    Accepted,
    Command,
    Enclosure,
    Fault,
    HookRequest,
    InboundNews,
    MediaRefused,
    NotUnderstood,
    Parcel,
    PollFailed,
    Refused,
    Unknown,
)
from messaging.gateways.adapters.telegram.bot import Telegram
from messaging.gateways.adapters.telegram.updates import as_call
from tests.gateways.telegram_server import BLOCKED, BROKEN, CUT, HURRIED, NAME, REFUSING, TOKEN, UNKNOWN, TelegramServer

ALICE = 4242
HOOK = "https://shop.example/hooks/k/"


@pytest.fixture
def telegram():
    with TelegramServer() as server:
        yield server


def use(config: dict[str, str], method: str, *arguments: Any, hook_url: str = "") -> Any:
    """What one call of the adapter gives."""

    async def call() -> Any:
        adapter = Telegram(config, 5, hook_url)
        try:
            return await getattr(adapter, method)(*arguments)
        finally:
            await adapter.close()

    return asyncio.run(call())


def send(telegram: TelegramServer, to: str = str(ALICE), body: str = "Wyjechało", **fields: Any) -> Any:
    return use(telegram.config(), "send", Parcel(key="1", channel="chat", to=to, body=body, **fields))


def read(update: dict[str, Any]) -> InboundNews:
    """One update, as it is read after it was asked for."""
    [news] = Telegram.read_hook(as_call(update))
    return news


def test_it_hands_over_the_text_as_it_is(telegram):
    outcome = send(telegram, body="*Nie* <b>markup</b>")
    assert isinstance(outcome, Accepted)
    assert telegram.sent == [("sendMessage", {"chat_id": str(ALICE), "text": "*Nie* <b>markup</b>"})]


@pytest.mark.parametrize(
    ("to", "permanent", "fault", "is_dead", "retry_after"),
    [
        (BLOCKED, True, Fault.RECIPIENT, True, None),
        (UNKNOWN, True, Fault.RECIPIENT, True, None),
        (REFUSING, True, Fault.UNKNOWN, False, None),
        (HURRIED, False, Fault.PROVIDER, False, 5),
    ],
)
def test_it_says_what_a_refusal_means(telegram, to, permanent, fault, is_dead, retry_after):
    outcome = send(telegram, to)
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (permanent, fault)
    assert (outcome.is_address_dead, outcome.retry_after) == (is_dead, retry_after)


@pytest.mark.parametrize("to", [BROKEN, CUT])
def test_it_is_in_doubt_when_the_answer_says_nothing(telegram, to):
    assert isinstance(send(telegram, to), Unknown)


def test_it_stops_the_gateway_when_the_token_is_wrong(telegram):
    wrong = telegram.config(token=TOKEN[:-3] + "xyz")
    outcome = use(wrong, "send", Parcel(key="1", channel="chat", to="1", body="Hi"))
    assert isinstance(outcome, Refused)
    assert outcome.pauses_gateway


def test_a_text_that_is_too_long_is_refused_before_it_leaves(telegram):
    assert isinstance(send(telegram, body="a" * 4096), Accepted)
    outcome = send(telegram, body="a" * 4097)
    assert isinstance(outcome, Refused)
    assert outcome.permanent
    assert len(telegram.sent) == 1


def test_files_go_as_photo_or_document_with_the_text_below(telegram, tmp_path: Path):
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg")
    (tmp_path / "b.pdf").write_bytes(b"b.pdf")
    files = (
        Enclosure(tmp_path / "a.jpg", "Zdjęcie.jpg", "image/jpeg"),
        Enclosure(tmp_path / "b.pdf", "faktura.pdf", "application/pdf"),
    )
    assert isinstance(send(telegram, body="Proszę", enclosures=files), Accepted)
    (first, photo), (second, document) = telegram.sent
    assert (first, photo["caption"], photo["photo"][0]) == ("sendPhoto", "Proszę", "Zdjęcie.jpg")
    assert photo["photo"][1] == (tmp_path / "a.jpg").read_bytes()
    assert (second, document["document"]) == ("sendDocument", ("faktura.pdf", b"b.pdf"))
    assert "caption" not in document


@pytest.mark.parametrize(
    ("size", "method"),
    [
        ((9_000, 1_000), "sendPhoto"),
        ((9_000, 1_001), "sendDocument"),
        ((2_000, 100), "sendPhoto"),
        ((2_001, 100), "sendDocument"),
    ],
)
def test_a_picture_beyond_telegrams_limits_goes_as_a_document(telegram, tmp_path: Path, size, method):
    Image.new("RGB", size).save(tmp_path / "a.jpg")
    assert isinstance(send(telegram, enclosures=(Enclosure(tmp_path / "a.jpg", "a.jpg", "image/jpeg"),)), Accepted)
    assert telegram.sent[-1][0] == method


@pytest.mark.parametrize("content", [b"no picture at all", b"\xff\xd8" + b"x" * 10 * 1024**2])
def test_what_is_no_picture_or_too_heavy_goes_as_a_document(telegram, tmp_path: Path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    assert isinstance(send(telegram, enclosures=(Enclosure(tmp_path / "a.jpg", "a.jpg", "image/jpeg"),)), Accepted)
    assert telegram.sent[-1][0] == "sendDocument"


def test_it_tells_telegram_where_to_call_with_a_secret(telegram):
    assert use(telegram.config(), "check", hook_url=HOOK).is_good
    assert telegram.webhook["url"] == HOOK
    adapter = Telegram(telegram.config(), 5, HOOK)
    said = {"x-telegram-bot-api-secret-token": telegram.webhook["secret_token"]}
    assert adapter.verify_hook(HookRequest(HOOK, "POST", b"{}", said))
    for wrong in ({}, {"x-telegram-bot-api-secret-token": "x"}, {"x-telegram-bot-api-secret-token": "ż"}):
        assert not adapter.verify_hook(HookRequest(HOOK, "POST", b"{}", wrong))
    assert TOKEN not in telegram.webhook["secret_token"]


def test_without_a_public_address_it_asks_and_goes_on_from_the_last_answer(telegram):
    telegram.webhook = {"url": "https://old.example/"}
    telegram.say(ALICE, "Dzień dobry")
    polled = use(telegram.config(), "poll", {})
    assert [read_call.method for read_call in polled.calls] == ["POLL"]
    telegram.say(ALICE, "Halo?")
    again = use(telegram.config(), "poll", polled.cursor)
    assert len(again.calls) == 1
    assert telegram.asked[-1] == polled.cursor["offset"]
    assert use(telegram.config(), "poll", again.cursor).calls == []


def test_a_poll_that_fails_says_why(telegram):
    with pytest.raises(PollFailed, match="token"):
        use(telegram.config(token=TOKEN[:-3] + "xyz"), "poll", {})


def test_it_checks_that_token_and_name_belong_together(telegram):
    assert use(telegram.config(), "check").is_good
    checkup = use(telegram.config(username="other_bot"), "check")
    assert not checkup.is_good
    assert NAME in str(checkup)


def test_a_message_is_read_with_who_wrote_it(telegram):
    news = read(telegram.say(ALICE, "Gdzie jest kurier?"))
    assert (news.sender, news.text, news.name) == (str(ALICE), "Gdzie jest kurier?", "Alicja Nowak")
    assert news.provider_id == f"{ALICE}.101"
    assert news.command is None


def test_start_brings_what_the_link_had(telegram):
    news = read(telegram.say(ALICE, "/start 2a_kf1_x-y"))
    assert (news.command, news.pass_word, news.text) == (Command.START, "2a_kf1_x-y", "/start")
    assert read(telegram.say(ALICE, "/stop")).command == Command.STOP


def test_a_changed_message_is_another_one(telegram):
    update = telegram.say(ALICE, "o 16")
    changed = {"update_id": 1, "edited_message": {**update["message"], "text": "o 17", "edit_date": 1_700_000_100}}
    news = read(changed)
    assert news.provider_id != read(update).provider_id
    assert news.text == "(changed) o 17"


def test_of_a_photo_the_largest_size_is_taken_with_its_caption(telegram):
    sizes = [{"file_id": "s", "width": 90}, {"file_id": "l", "width": 1280, "file_size": 3}]
    news = read(telegram.say(ALICE, caption="Tak wygląda", photo=sizes))
    [file] = news.files
    assert (news.text, file.reference, file.content_type) == ("Tak wygląda", "l", "image/jpeg")
    telegram.files["l"] = b"abc"
    assert use(telegram.config(), "fetch_media", "l").content == b"abc"


def test_a_file_that_telegram_does_not_give_is_refused(telegram):
    with pytest.raises(MediaRefused):
        use(telegram.config(), "fetch_media", "gone")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"location": {"latitude": 52.2, "longitude": 21.0}},
            "Place: 52.200000, 21.000000\n"
            "https://www.openstreetmap.org/?mlat=52.200000&mlon=21.000000#map=17/52.200000/21.000000",
        ),
        (
            {"venue": {"title": "Kawiarnia", "address": "Wspólna 17", "location": {"latitude": -1, "longitude": 2}}},
            "Place: Kawiarnia, Wspólna 17 (-1.000000, 2.000000)\n"
            "https://www.openstreetmap.org/?mlat=-1.000000&mlon=2.000000#map=17/-1.000000/2.000000",
        ),
        ({"location": {"latitude": "x", "longitude": 21.0}}, ""),
        ({"contact": {"first_name": "Jan", "phone_number": "+48501"}}, "Contact: Jan +48501"),
        ({"sticker": {"emoji": "👍"}}, "👍"),
        ({"dice": {"emoji": "🎲", "value": 6}}, "🎲 6"),
        ({"poll": {"question": "Kiedy?", "options": [{"text": "Rano"}, {"text": "Po 17"}]}}, "Kiedy?\n– Rano\n– Po 17"),
        ({"story": {"id": 1}}, ""),
    ],
)
def test_what_is_no_text_is_said_in_words(telegram, fields, words):
    assert read(telegram.say(ALICE, **fields)).text == words


@pytest.mark.parametrize("changes", [{"chat": "x"}, {"message_id": "x"}])
def test_nonsense_is_not_understood(telegram, changes):
    update = telegram.say(ALICE, "Hi")
    with pytest.raises(NotUnderstood):
        read({"update_id": 1, "message": {**update["message"], **changes}})


@pytest.mark.parametrize(
    "changes", [{"chat": {"id": -1, "type": "group"}}, {"from": {"id": 1, "is_bot": True}}, {"location": {}}]
)
def test_groups_bots_and_live_places_are_passed_over_with_a_reason(telegram, changes):
    update = telegram.say(ALICE, "Hi")
    unclear = read({"update_id": 1, "edited_message": {**update["message"], **changes}})
    assert unclear.reason
    assert not unclear.must_be_seen


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"token": "x"}, "token"),
        *(({"username": name}, "username") for name in ("gonets", "", "abot", "@bot", "x" * 30 + "bot", "1shop_bot")),
    ],
)
def test_it_refuses_fields_that_cannot_work(changes, field):
    assert list(Telegram.find_faults({**TelegramServer().config(), **changes})) == [field]


@pytest.mark.parametrize("name", ["a_bot", "@shop_bot", "x" * 29 + "bot", "@" + "x" * 29 + "Bot"])
def test_a_bots_name_has_5_to_32_characters(name):
    assert not Telegram.find_faults({**TelegramServer().config(), "username": name})
