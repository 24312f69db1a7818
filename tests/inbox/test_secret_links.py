"""Who has a client's link is the client: staff see that a text holds one, on no page of theirs which."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from locations.models import Channel, ContactKind, ContactPoint
from messaging.inbox.conversations.writing import Said, note, receive, reply, say
from messaging.inbox.identity.access import client_link, client_token
from messaging.inbox.lines.lines import line_of, ways_to, web_line
from messaging.inbox.lines.telegram_links import pass_word
from messaging.inbox.models import LineKind
from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from messaging.robots.steps.running import run_due_steps
from tests.inbox.makers import client_writes, logged_in, make_conversation, switch_on
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_user

pytestmark = pytest.mark.django_db
SECRET = "He never pays on time."


@pytest.fixture(autouse=True)
def reachable(settings):
    settings.PUBLIC_URL = "https://gonets.example"
    switch_on()


@pytest.fixture
def anna():
    client = make_client(name="Anna Kowalska")
    ContactPoint.objects.create(client=client, kind=ContactKind.PHONE, value="+48501234567")
    return client


@pytest.fixture
def told(anna):
    """An order whose SMS holds the link to the chat and one to a file."""
    order = make_order(make_location(anna))
    link = client_link(anna)
    body = f"Write to us: {link} or see {link}files/7/ or https://t.me/shop_bot?start={pass_word(anna)}."
    return Message.objects.create(order=order, client=anna, channel=Channel.SMS, to="+48501234567", body=body)


def pages(message):
    conversation = make_conversation(message.client)
    return {
        "order": f"/admin/orders/order/{message.order_id}/change/",
        "message": f"/admin/outbox/message/{message.pk}/change/",
        "messages": "/admin/outbox/message/",
        "client": f"/admin/locations/client/{message.client_id}/change/",
        "thread": f"/inbox/{conversation.pk}/",
        "history": f"/inbox/{conversation.pk}/history/",
    }


@pytest.mark.parametrize("page", ["order", "message", "messages", "client", "thread", "history"])
def test_a_message_shows_that_it_holds_a_link_and_not_which(told, page):
    reader = make_user("Dispatcher")
    reader.user_permissions.remove(*Permission.objects.filter(codename="change_conversation"))
    content = logged_in(reader).get(pages(told)[page]).content.decode()
    card = client_token(told.client).split(".")[0]
    assert f"/chat/{card}." not in content.replace(f'data-copies="https://gonets.example/chat/{card}.', "")
    assert "the client&#x27;s chat link" in content or "the client&#39;s chat link" in content
    assert told.body.partition("start=")[2][:12] not in content


def test_the_customer_gets_the_link_itself(told):
    assert client_link(told.client)[:30] in Message.objects.get().body


def test_a_robots_words_in_the_chat_show_no_link(anna):
    conversation = make_conversation(anna)
    client_writes(conversation, f"Is this it: {client_link(anna)}")
    say(conversation, Said(f"Yes: {client_link(anna)}"))
    operator = logged_in(make_user("Operator"))
    for address in (f"/inbox/{conversation.pk}/", "/inbox/", f"/inbox/{conversation.pk}/row/", "/inbox/rows/?q=Yes"):
        content = operator.get(address).content.decode()
        assert f"/chat/{client_token(anna).split('.')[0]}." not in content.partition('id="o-panel"')[0], address


@pytest.fixture
def talk(anna):
    """A talk with a note for staff, beside an order: by web, and a reply by SMS."""
    order = make_order(make_location(anna))
    conversation = make_conversation(anna)
    asked = client_writes(conversation, "Where is my ring?")
    line = line_of(make_gateway(), LineKind.SMS)
    ola = make_user("Operator", username="ola")
    by_sms = next(way for way in ways_to(conversation) if way.line == line)
    reply(conversation, ola, Said("In the blue box."), by_sms, seen=asked.pk)
    note(conversation, Said(SECRET), author=ola)
    return order


@pytest.mark.parametrize(
    "page", ["/admin/orders/order/{order}/change/", "/admin/outbox/message/", "/admin/outbox/message/{message}/change/",
             "/admin/locations/client/{client}/change/"],
)  # fmt: skip
def test_a_seller_sees_no_words_of_the_chat(talk, page):
    address = page.format(order=talk.pk, client=talk.client_id, message=Message.objects.get().pk)
    content = logged_in(make_user("Seller")).get(address).content.decode()
    for words in (SECRET, "Where is my ring?", "blue box"):
        assert words not in content
    assert SECRET in logged_in(make_user("Operator")).get(f"/admin/orders/order/{talk.pk}/change/").content.decode()


def test_a_seller_sees_no_copy_of_the_chat_either(anna):
    switch_on(copies_to_email=True, staff_emails="boss@shop.example")
    make_gateway("sandbox_email")
    client_writes(make_conversation(anna), "Where is my ring?")
    copied = Message.objects.get()
    assert "ring" in copied.body
    for address in ("/admin/outbox/message/", f"/admin/outbox/message/{copied.pk}/change/"):
        assert "my ring" not in logged_in(make_user("Seller")).get(address).content.decode()
        assert "my ring" in logged_in(make_user("Dispatcher")).get(address).content.decode()


def test_a_robots_hidden_note_is_nothing_for_a_seller(anna):
    make_gateway()
    receive(make_conversation(anna), Said("Hello"), web_line())
    stage = make_stages()["ready"]
    make_robot(stage, channel=Channel.CHAT, body=SECRET, is_hidden=True)
    order = make_order(make_location(anna), stage=stage)
    run_due_steps(timezone.now())
    assert RobotStep.objects.get().chat_message.is_hidden
    address = f"/admin/orders/order/{order.pk}/change/"
    assert SECRET not in logged_in(make_user("Seller")).get(address).content.decode()
    assert SECRET in logged_in(make_user("Operator")).get(address).content.decode()


def test_hints_filled_with_the_link_are_for_whoever_may_answer(anna):
    conversation = make_conversation(anna)
    reader = make_user()
    reader.user_permissions.add(Permission.objects.get(codename="view_conversation"))
    assert logged_in(reader).get(f"/inbox/{conversation.pk}/hints/").status_code == 403
    assert logged_in(make_user("Operator")).get(f"/inbox/{conversation.pk}/hints/").status_code == 200


def test_what_a_robot_will_say_shows_no_link_and_no_note(anna):
    make_gateway()
    receive(make_conversation(anna), Said("Hello"), web_line())
    stage = make_stages()["ready"]
    make_robot(stage, body="Write to us: {chat_link}", delay_minutes=60)
    make_robot(stage, channel=Channel.CHAT, body=SECRET, is_hidden=True, delay_minutes=60)
    order = make_order(make_location(anna), stage=stage, contact_phone="+48501234567")
    seller = logged_in(make_user("Seller"))
    for address in (f"/admin/orders/order/{order.pk}/change/", "/admin/robots/robotstep/"):
        content = seller.get(address).content.decode()
        assert "Write to us: (the client" in content
        assert "/chat/" not in content
        assert SECRET not in content
