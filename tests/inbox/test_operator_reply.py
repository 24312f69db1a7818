"""The composer: a reply leaves once by the chosen line, drafts are kept, an unfilled placeholder never goes."""

import io

import pytest
from PIL import Image

from locations.models import Channel, ContactKind, ContactPoint
from messaging.inbox.conversations.writing import Said, receive, reply, tell_operators
from messaging.inbox.lines.lines import line_of, ways_to, web_line
from messaging.inbox.models import ChatMessage, ChatSettings, Conversation, Draft, Hint, Line, LineKind
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_gateway, make_location, make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ola():
    return make_user("Operator", username="ola")


@pytest.fixture
def browser(ola):
    return logged_in(ola)


@pytest.fixture
def anna():
    client = make_client(name="Anna Kowalska", first_name="Anna")
    ContactPoint.objects.create(client=client, kind=ContactKind.PHONE, value="+48501234567")
    ContactPoint.objects.create(client=client, kind=ContactKind.EMAIL, value="anna@example.com")
    return client


@pytest.fixture
def asked(anna):
    return client_writes(make_conversation(anna), "Where is it?")


def answer(browser, asked, **data):
    data = {"text": "On its way", "once_key": "k1", "seen": asked.pk, "way": web_line().pk, **data}
    return browser.post(f"/inbox/{asked.conversation_id}/reply/", data)


def said():
    return list(ChatMessage.objects.exclude(sender="client").values_list("text", "is_hidden"))


def test_a_reply_is_written_once_however_often_one_presses(browser, asked, ola):
    for _press in range(3):
        assert answer(browser, asked).status_code == 204
    assert said() == [("On its way", False)]
    written = ChatMessage.objects.last()
    assert (written.author, written.line) == (ola, web_line())
    assert Conversation.objects.get().waiting_since is None


def test_two_operators_with_the_same_key_are_two(browser, asked):
    answer(browser, asked, is_hidden="1")
    answer(logged_in(make_user("Operator")), asked, is_hidden="1")
    assert len(said()) == 2


def test_a_reply_by_sms_leaves_through_that_lines_gateway(browser, asked):
    gateway = make_gateway()
    line = line_of(gateway, LineKind.SMS)
    assert answer(browser, asked, way=line.pk).status_code == 204
    message = Message.objects.get()
    assert (message.to, message.channel, message.gateway) == ("+48501234567", Channel.SMS, gateway)
    assert message.is_pinned


def test_a_reply_by_email_answers_the_clients_subject(browser, anna):
    line = line_of(make_gateway("sandbox_email"), LineKind.EMAIL)
    conversation = make_conversation(anna)
    conversation.addresses.create(kind="email", address="anna@example.com", line=line)
    asked = receive(conversation, Said("Hello", subject="My order"), line)
    answer(browser, asked, way=line.pk)
    assert Message.objects.get().subject == "Re: My order"


def test_a_line_that_does_not_lead_to_the_client_is_refused(browser):
    asked = client_writes(make_conversation())
    telegram = Line.objects.create(kind=LineKind.TELEGRAM, name="Bot", gateway=make_gateway())
    refused = answer(browser, asked, way=telegram.pk)
    assert refused.status_code == 422
    assert "choose another one" in refused.json()["problem"]
    assert said() == []


def test_what_came_meanwhile_is_shown_first_and_the_draft_is_kept(browser, asked, ola):
    browser.post(f"/inbox/{asked.conversation_id}/draft/", {"text": "On its way"})
    newer = client_writes(asked.conversation, "Forget it")
    refused = answer(browser, asked)
    assert refused.status_code == 409
    assert "A new message came" in refused.json()["problem"]
    assert (said(), Draft.objects.get().text) == ([], "On its way")
    assert answer(browser, asked, seen=newer.pk, once_key="k2").status_code == 204
    assert not Draft.objects.exists()


def test_a_colleagues_answer_stops_a_second_one(browser, asked):
    reply(asked.conversation, make_user(), Said("Soon"), ways_to(asked.conversation)[0], seen=asked.pk)
    assert answer(browser, asked).status_code == 409


def test_a_hidden_message_goes_nowhere(browser, asked):
    line = line_of(make_gateway(), LineKind.SMS)
    answer(browser, asked, is_hidden="1", way=line.pk)
    assert said() == [("On its way", True)]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write something"),
        ("   ", "Write something"),
        ("x" * 10_001, "at most 10000"),
        ("It comes {planned_arrival}.", "“Planned arrival, date and time”"),
        ("Your order <<nrZamowienia>>", "“Order number”"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(browser, asked, text, words):
    refused = answer(browser, asked, text=text)
    assert refused.status_code == 422
    assert words in refused.json()["problem"]
    assert said() == []


def test_braces_that_are_no_placeholder_may_be_sent(browser, asked):
    answer(browser, asked, text='{"a": 1} {smile} :D')
    assert said() == [('{"a": 1} {smile} :D', False)]


def test_a_page_without_a_key_is_out_of_date(browser, asked):
    assert answer(browser, asked, once_key="").status_code == 422


def test_system_messages_get_no_reply(browser):
    told = tell_operators("paused")
    assert answer(browser, told).status_code == 422


def test_a_photo_goes_with_the_reply(browser, asked):
    picture = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "route.png"
    assert answer(browser, asked, text="", files=[picture]).status_code == 204
    attachment = ChatMessage.objects.last().attachments.get()
    assert (attachment.name, attachment.width) == ("route.png", 4)
    page = browser.get(f"/inbox/{asked.conversation_id}/").content.decode()
    assert 'alt="route.png"' in page


def test_a_file_that_is_not_what_it_says_is_refused(browser, asked):
    file = io.BytesIO(b"MZ\x90\x00 this is a program")
    file.name = "photo.jpg"
    refused = answer(browser, asked, files=[file])
    assert refused.status_code == 422
    assert "photo.jpg" in refused.json()["problem"]
    assert said() == []


def test_a_lost_reply_is_sent_again(browser, asked):
    answer(browser, asked, way=line_of(make_gateway(), LineKind.SMS).pk)
    first = Message.objects.get()
    address = f"/inbox/{asked.conversation_id}/again/{ChatMessage.objects.last().pk}/"
    assert browser.post(address).status_code == 422  # it may still go out by itself
    Message.objects.update(state=MessageState.FAILED)
    assert browser.post(address).status_code == 204
    again = Message.objects.exclude(pk=first.pk).get()
    assert (again.resend_of, ChatMessage.objects.last().message) == (first, again)
    assert browser.post(f"/inbox/{asked.conversation_id}/again/{asked.pk}/").status_code == 422


def test_a_draft_is_kept_for_its_author_and_shown_again(browser, asked):
    address = f"/inbox/{asked.conversation_id}/"
    browser.post(f"{address}draft/", {"text": "Dear\n  Anna", "is_hidden": "1"})
    assert "Dear\n  Anna</textarea>" in browser.get(address).content.decode()
    assert "Dear" not in logged_in(make_user("Operator")).get(address).content.decode()
    browser.post(f"{address}draft/", {"text": "  "})
    assert not Draft.objects.exists()


def test_hints_are_offered_by_name_and_filled(browser, asked, anna):
    make_order(make_location(anna), number="WX-1042")
    for name, text, position in (
        ("ten", "10", "10"),
        ("one", "Dear {first_name}, {order_number}", "1"),
        ("one and a half", "It comes {planned_arrival}. {", "1.5"),
        ("two", "{patronymic|friend} {nonsense}", "2"),
    ):
        Hint.objects.create(name=name, text=text, position=position)
    Hint.objects.create(name="not offered", text="x", is_visible=False)
    hints = browser.get(f"/inbox/{asked.conversation_id}/hints/").json()["hints"]
    assert [(hint["name"], hint["text"]) for hint in hints] == [
        ("one", "Dear Anna, WX-1042"),
        ("one and a half", "It comes {planned_arrival}. {"),
        ("two", "friend {nonsense}"),
        ("ten", "10"),
    ]
    assert hints[0]["problem"] == ""
    assert "“Planned arrival, date and time”" in hints[1]["problem"]


@pytest.mark.parametrize("is_known", [True, False])
def test_without_an_order_its_placeholders_are_named(browser, is_known):
    conversation = make_conversation() if is_known else Conversation.objects.create(title="+48601222333")
    Hint.objects.create(name="number", text="{order_number} {client_name} {company_name}")
    hint = browser.get(f"/inbox/{conversation.pk}/hints/").json()["hints"][0]
    assert hint["text"].startswith("{order_number}")
    assert "“Order number”" in hint["problem"]
    assert ("Client's name" in hint["problem"]) is not is_known
    assert hint["text"].endswith("Gonets")


def test_the_size_of_an_sms_is_told(browser, asked):
    address = f"/inbox/{asked.conversation_id}/size/"
    assert browser.post(address, {"text": "x" * 161}).json()["parts"] == 2
    assert browser.post(address, {"text": ""}).json()["parts"] == 0


def test_while_the_chat_is_off_a_reply_by_it_is_refused_in_words(browser, asked):
    ChatSettings.objects.update(is_on=False)
    refused = answer(browser, asked)
    assert refused.status_code == 422
    assert "The chat is switched off" in refused.json()["problem"]
    assert "The chat is switched off" in browser.get(f"/inbox/{asked.conversation_id}/").content.decode()
    assert said() == []


def test_a_barred_line_is_said_and_another_one_chosen(browser, asked):
    line_of(make_gateway(), LineKind.SMS)
    web = web_line()
    web.is_on = False
    web.save()
    page = browser.get(f"/inbox/{asked.conversation_id}/").content.decode()
    assert "The line “Web chat” is switched off." in page
    assert "data-way-icon>sms<" in page


def test_a_client_called_like_a_placeholder_is_answered_by_name(browser, asked):
    asked.conversation.client.name = asked.conversation.client.first_name = "{chat_link}"
    asked.conversation.client.save()
    receive(asked.conversation, Said("Is {order_number} a number?"), web_line())
    Hint.objects.create(name="Greeting", text="Dear {first_name}, it comes {planned_arrival}.", position=1)
    offered = browser.get(f"/inbox/{asked.conversation_id}/hints/").json()["hints"][0]
    assert offered["text"] == "Dear {chat_link}, it comes {planned_arrival}."
    assert offered["unfilled"] == ["{planned_arrival}"]
    refused = answer(browser, asked, text=offered["text"], is_hidden="1")
    assert "Planned arrival" in refused.json()["problem"]
    assert "Link" not in refused.json()["problem"]
    quoted = "Dear {chat_link}, {order_number} is none."
    assert answer(browser, asked, text=quoted, is_hidden="1").status_code == 204
    assert said()[-1] == (quoted, True)


@pytest.mark.parametrize(("adapter", "kind", "address", "most"), [
    ("telegram", LineKind.TELEGRAM, "4242", 4096),
    ("twilio_sms", LineKind.SMS, "+48501234567", 1600),
    ("twilio_whatsapp", LineKind.WHATSAPP, "+48501234567", 1600),
])  # fmt: skip
def test_what_a_line_cannot_take_is_said_while_it_is_typed_and_is_not_sent(browser, anna, adapter, kind, address, most):
    line = line_of(make_gateway(adapter, name="Ours"), kind)
    conversation = make_conversation(anna)
    conversation.addresses.create(kind=kind.address_kind, address=address, line=line)
    asked = receive(conversation, Said("Hello"), line)
    size = f"/inbox/{conversation.pk}/size/"
    assert browser.post(size, {"text": "a" * most, "way": line.pk}).json()["problem"] == ""
    told = browser.post(size, {"text": "a" * (most + 1), "way": line.pk}).json()["problem"]
    assert told == f"“Ours” takes at most {most} characters, and this has {most + 1}: divide it."
    refused = answer(browser, asked, way=line.pk, text="a" * (most + 1))
    assert (refused.status_code, refused.json()["problem"]) == (422, told)
    assert said() == []
    assert not Message.objects.exists()
    assert answer(browser, asked, way=line.pk, text="a" * most).status_code == 204
