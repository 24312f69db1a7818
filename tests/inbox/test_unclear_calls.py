"""What a provider says and we cannot use does not vanish: it stands in the chat, or on a page until it is read."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from twilio.request_validator import RequestValidator

from locations.values.reasons import NONE
from messaging.gateways.adapters.telegram.bot import Telegram
from messaging.gateways.adapters.twilio.sms import TwilioSms
from messaging.gateways.models import Gateway, HookEvent
from messaging.inbox.inbound import inbound
from messaging.inbox.models import ChatMessage
from messaging.outbox.models import Message, Receipt
from messaging.outbox.states import MessageState
from notify_site.serving import retention
from tests.gateways.twilio_server import AUTH_TOKEN, TwilioServer
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
PUBLIC = "https://shop.example"
ALICE = "+48501234567"
LIST = "/admin/gateways/hookevent/"
HIDDEN = "A message that cannot be shown here: open it at Twilio WhatsApp."
PLACE = {"Latitude": "52.2297700", "Longitude": "21.0117800", "Label": "Kawiarnia Pod Lwem", "Address": "Wspólna 17"}


@pytest.fixture(autouse=True)
def public_site(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def gateway() -> Gateway:
    return make_gateway("twilio_whatsapp", config=TwilioServer().config())


@pytest.fixture
def call(client: Browser, gateway: Gateway) -> Any:
    """Twilio calls our hook with the fields its document lists, signed; the worker reads it."""

    def call(**fields: str) -> None:
        path = f"/hooks/{gateway.hook_key}/"
        signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC + path, fields)
        headers = {"X-Twilio-Signature": signature}
        form = "application/x-www-form-urlencoded"
        answer = client.post(path, urlencode(fields), content_type=form, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"<Response/>")
        run_worker()

    return call


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_user("Manager"))
    return client


def inbound_call(number: int = 1, **fields: str) -> dict[str, str]:
    sid = f"SM{number:032x}"
    own = {"MessageSid": sid, "SmsMessageSid": sid, "SmsSid": sid, "SmsStatus": "received", "NumMedia": "0"}
    people = {"From": f"whatsapp:{ALICE}", "To": "whatsapp:+15005550006", "ProfileName": "Alicja", "WaId": ALICE[1:]}
    return {**own, **people, "AccountSid": "AC" + "0a" * 16, "ApiVersion": "2010-04-01", "Body": "", **fields}


def texts() -> list[str]:
    return list(ChatMessage.objects.order_by("pk").values_list("text", flat=True))


# --- In the chat ---


def test_a_place_is_shown_with_a_link_to_the_map(call, manager):
    call(**inbound_call(MessageType="location", **PLACE))
    [text] = texts()
    assert text.startswith("Place: Kawiarnia Pod Lwem, Wspólna 17 (52.229770, 21.011780)\n")
    link = "https://www.openstreetmap.org/?mlat=52.229770&mlon=21.011780#map=17/52.229770/21.011780"
    assert text.endswith(link)
    assert not HookEvent.objects.filter(is_unclear=True).exists()
    conversation = ChatMessage.objects.get().conversation
    page = manager.get(reverse("inbox:conversation", args=[conversation.pk])).content.decode()
    assert f'href="{link}"'.replace("&", "&amp;") in page


def test_a_place_comes_beside_the_words(call):
    call(**inbound_call(Body="Tu jestem", **PLACE))
    assert texts()[0].splitlines()[0] == "Tu jestem"
    assert "openstreetmap" in texts()[0]


@pytest.mark.parametrize("fields", [{"Latitude": "999", "Longitude": "1"}, {"Latitude": "nan", "Longitude": "x"}, {}])
def test_of_what_cannot_be_shown_the_chat_shows_that_it_came(call, fields):
    call(**inbound_call(MessageType="order", **fields))
    assert texts() == [HIDDEN]
    assert ChatMessage.objects.get().conversation.unread == 1
    event = HookEvent.objects.get(is_unclear=True)
    assert str(event.problem) == "Twilio's message type “order” is not known."


def test_words_of_an_unknown_type_are_shown_and_the_call_is_kept(call):
    call(**inbound_call(MessageType="order", Body="2 pierogi"))
    assert texts() == ["2 pierogi"]
    assert HookEvent.objects.get().is_unclear


@pytest.mark.parametrize(
    "fields", [{"ButtonText": "Tak"}, {"ListTitle": "Tak"}, {"Body": "Tak", "MessageType": "button"}]
)
def test_a_button_says_what_stands_on_it(call, fields):
    call(**inbound_call(**fields))
    assert texts() == ["Tak"]
    assert not HookEvent.objects.get().is_unclear


def test_files_are_shown_whatever_their_count_says(call):
    files = {f"MediaUrl{index}": f"https://api.twilio.com/{index}" for index in range(12)}
    call(**inbound_call(NumMedia="many", **files))
    assert ChatMessage.objects.get().attachments.count() == 12


def test_an_sms_to_the_address_of_the_whatsapp_gateway_is_kept(call):
    call(**inbound_call(From=ALICE, To="+15005550006", Body="Halo"))
    assert str(HookEvent.objects.get(is_unclear=True).problem).startswith("SMS and WhatsApp have a gateway each")


def test_groups_and_bots_of_telegram_are_no_alarm(client):
    gateway = make_gateway("telegram", config={"token": "123456789:" + "A" * 35, "username": "shop_bot"})
    secret = Telegram(gateway.config, 5).call_secret
    message = {"message_id": 5, "date": 1, "chat": {"id": -7, "type": "group"}, "from": {"id": 1}, "text": "Hi"}
    update = {"update_id": 1, "message": message}
    for fields in (update, {"update_id": 2, "message": {**message, "chat": {"id": 42, "type": "private"}, "text": ""}}):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        path = f"/hooks/{gateway.hook_key}/"
        assert (
            client.post(path, json.dumps(fields), content_type="application/json", headers=headers).status_code == 200
        )
    run_worker()
    passed_over, unclear = HookEvent.objects.order_by("pk")
    assert (passed_over.is_unclear, unclear.is_unclear) == (False, True)
    assert str(passed_over.problem) == "Not a private chat with a person: the bot answers those only."
    assert texts() == ["A message that cannot be shown here: open it at Telegram bot."]


# --- A fault of ours ---


def test_a_fault_in_reading_loses_no_words(call, monkeypatch, manager, caplog):
    monkeypatch.setattr(TwilioSms, "_read_words", classmethod(lambda *_: int("x")))
    call(**inbound_call(Body="Gdzie kurier?"))
    assert "could not be read" in caplog.text
    event = HookEvent.objects.get(is_unclear=True)
    assert str(event.problem) == "The program failed to read it; the log has the details."
    assert texts() == [HIDDEN]
    assert "Gdzie kurier?" in manager.get(f"{LIST}{event.pk}/change/").content.decode()
    monkeypatch.undo()
    for _press in range(2):
        manager.post(f"{LIST}{event.pk}/read/")
    run_worker()
    assert texts() == [HIDDEN, "Gdzie kurier?"]
    manager.post(f"{LIST}{event.pk}/read/")
    run_worker()
    assert texts() == [HIDDEN, "Gdzie kurier?"]
    assert not HookEvent.objects.filter(is_unclear=True).exists()


def test_a_fault_in_reading_that_stays_is_shown_once(call, monkeypatch, manager):
    monkeypatch.setattr(TwilioSms, "_read_words", classmethod(lambda *_: int("x")))
    call(**inbound_call(Body="Gdzie kurier?"))
    manager.post(f"{LIST}{HookEvent.objects.get().pk}/read/")
    run_worker()
    assert texts() == [HIDDEN]
    assert HookEvent.objects.get().is_unclear


@pytest.mark.parametrize("broken", ["words_of", "once_key"])
def test_a_fault_in_keeping_loses_no_words(call, monkeypatch, manager, broken, caplog):
    with monkeypatch.context() as patched:
        patched.setattr(inbound, broken, lambda *_: int("x"))
        call(**inbound_call(Body="Gdzie kurier?"))
    assert "could not be kept" in caplog.text
    event = HookEvent.objects.get(is_unclear=True)
    assert str(event.problem) == "The program failed to keep it; the log has the details."
    manager.post(f"{LIST}{event.pk}/read/")
    run_worker()
    assert "Gdzie kurier?" in texts()
    assert not HookEvent.objects.filter(is_unclear=True).exists()


def test_a_fault_with_one_kind_of_words_still_shows_that_somebody_wrote(call, monkeypatch):
    words_of = inbound.words_of
    monkeypatch.setattr(inbound, "words_of", lambda news: int("x") if "kurier" in news.text else words_of(news))
    call(**inbound_call(Body="Gdzie kurier?"))
    assert texts() == [HIDDEN]


# --- The page ---


def test_an_unknown_status_stands_on_the_page_until_it_was_read(call, manager):
    call(MessageSid="SM" + "1b" * 16, MessageStatus="teleported", From="whatsapp:+15005550006", To=f"whatsapp:{ALICE}")
    assert texts() == []
    banner = manager.get("/admin/").content.decode()
    assert "1 call of a provider was not understood." in banner
    page = manager.get(LIST).content.decode()
    assert "Twilio&#x27;s status “teleported” of a message is not known." in page
    event = HookEvent.objects.get()
    detail = manager.get(f"{LIST}{event.pk}/change/").content.decode()
    assert "teleported" in detail
    assert event.gateway.hook_key not in detail
    raw = manager.get(f"{LIST}{event.pk}/raw/")
    assert (raw.content, raw["Content-Type"]) == (bytes(event.body), "application/octet-stream")


def test_reading_again_keeps_each_receipt_once(client, manager):
    gateway = make_gateway("smsapi", config={"token": "x"})
    for key, number in (("A1", 1), ("B2", 2)):
        fields = {"to": f"+4850123456{number}", "body": "Hi", "state": MessageState.SENT, "sent_at": timezone.now()}
        Message.objects.create(channel="sms", gateway=gateway, provider_id=key, **fields)
    client.get(f"/hooks/{gateway.hook_key}/?MsgId=A1,B2&status=404,999")
    run_worker()
    assert Message.objects.get(provider_id="A1").state == MessageState.DELIVERED
    event = HookEvent.objects.get(is_unclear=True)
    for _press in range(2):
        manager.post(f"{LIST}{event.pk}/read/")
        run_worker()
    assert [receipt.provider_id for receipt in Receipt.objects.all()] == ["A1"]
    assert HookEvent.objects.get().is_unclear


def test_what_is_set_aside_leaves_the_list_and_not_before(call, manager):
    call(MessageSid="SM1", MessageStatus="teleported")
    event = HookEvent.objects.get()
    HookEvent.objects.update(received_at="2020-01-01T00:00Z")
    retention.prune()
    assert HookEvent.objects.exists()
    page = manager.post(f"{LIST}{event.pk}/aside/", follow=True).content.decode()
    assert "Every call was understood" in page
    assert "was not understood." not in page
    assert "teleported" in manager.get(f"{LIST}?which=all").content.decode()
    retention.prune()
    assert not HookEvent.objects.exists()


def test_many_are_read_again_together(call, manager):
    for number in range(3):
        call(MessageSid=f"SM{number}", MessageStatus="teleported")
    HookEvent.objects.update(body=b"MessageSid=SM1&MessageStatus=delivered")
    chosen = {"action": "read_chosen_again", "_selected_action": list(HookEvent.objects.values_list("pk", flat=True))}
    assert "3 calls are read again." in manager.post(LIST, chosen, follow=True).content.decode()
    HookEvent.objects.update(received_at="2020-01-01T00:00Z")  # else a message that may yet be recorded is waited for
    run_worker()
    assert not HookEvent.objects.filter(is_unclear=True).exists()
    assert str(HookEvent.objects.first().problem) == "It is about a message that is not ours, or was removed."


@pytest.mark.parametrize(
    ("role", "sees"), [("System administrator", 200), ("Manager", 200), ("Seller", 403), ("Operator", 403)]
)
def test_only_who_looks_after_the_house_sees_and_reads_again(call, client, role, sees):
    call(MessageSid="SM1", MessageStatus="teleported")
    client.force_login(make_user(role))
    event = HookEvent.objects.get()
    for address in (LIST, f"{LIST}{event.pk}/change/", f"{LIST}{event.pk}/raw/"):
        assert client.get(address).status_code == sees
    assert ("Calls not understood" in client.get("/admin/").content.decode()) == (sees == 200)
    answer = client.post(f"{LIST}{event.pk}/read/")
    assert answer.status_code == (302 if sees == 200 else 403)
    assert client.get(f"{LIST}{event.pk}/read/").status_code == 405 if sees == 200 else True


@pytest.mark.parametrize("body", [b'{"update_id": 1, "odd": {"a": "\\ud83d"}}', b"\xff\x00 \xed\xa0\xbd", b""])
def test_any_raw_call_can_be_looked_at(manager, gateway, body):
    event = HookEvent.objects.create(
        gateway=gateway, dedupe_key="1", method="POST", url="/", body=body, is_unclear=True
    )
    assert manager.get(f"{LIST}{event.pk}/change/").status_code == 200
    assert manager.get(f"{LIST}{event.pk}/raw/").content == body


# --- The door ---


def test_a_call_that_was_turned_away_is_noted_on_the_gateway(client, gateway, call):
    path = f"/hooks/{gateway.hook_key}/"
    assert client.post(path, {"Body": "x"}, headers={"X-Twilio-Signature": "wrong"}).status_code == 403
    gateway.refresh_from_db()
    assert str(gateway.hook_problem).startswith("A call was turned away: its signature is wrong")
    client.force_login(make_user("System administrator"))
    page = client.get(reverse("admin:gateways_gateway_change", args=[gateway.pk])).content.decode()
    assert "its signature is wrong" in page
    call(**inbound_call(Body="Halo"))
    gateway.refresh_from_db()
    assert gateway.hook_problem == NONE
