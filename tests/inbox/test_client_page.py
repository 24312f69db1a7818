"""The client's page without scripts: plain forms, full reloads."""

import re

import pytest
import time_machine
from django.test import Client as Browser

from locations.models import Company
from messaging.inbox.conversations.state import close, mark_read
from messaging.inbox.conversations.writing import Said, reply
from messaging.inbox.identity.access import client_token
from messaging.inbox.lines.lines import Reach, web_line
from messaging.inbox.models import BusinessDay, ChatEvent, ChatMessage, ChatSettings, Conversation, Weekday
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client, make_user

pytestmark = pytest.mark.django_db
GREETING = "Welcome! Ask us about your order."


@pytest.fixture(autouse=True)
def _chat_is_on():
    switch_on()


def address_of(conversation: Conversation) -> str:
    return f"/chat/{client_token(conversation.client)}/"


def page_of(browser: Browser, conversation: Conversation, query: str = "") -> str:
    return browser.get(address_of(conversation) + query).content.decode()


def operator_says(conversation: Conversation, text: str) -> ChatMessage:
    conversation.refresh_from_db()
    return reply(conversation, make_user("Operator"), Said(text), Reach(web_line()), seen=conversation.newest_id)


def test_what_is_written_stands_on_the_page_and_before_the_operators(client: Browser):
    anna = make_client(name="Anna")
    address = f"/chat/{client_token(anna)}/"
    once = re.search(r'name="once" value="([^"]+)"', client.get(address).content.decode())[1]
    answer = client.post(address, {"text": "Where is my order?", "once": once})
    assert answer.status_code == 303
    assert "Where is my order?" in client.get(answer["Location"]).content.decode()
    conversation = Conversation.objects.get(client=anna)
    assert (conversation.unread, conversation.line) == (1, web_line())


def test_the_same_form_sent_twice_is_one_message(client: Browser):
    conversation = make_conversation()
    for _again in range(2):
        assert client.post(address_of(conversation), {"text": "Hello", "once": "k1"}).status_code == 303
    assert conversation.chat_messages.count() == 1


def test_the_same_key_of_two_clients_is_two_messages(client: Browser):
    for conversation in (make_conversation(), make_conversation()):
        client.post(address_of(conversation), {"text": "Hello", "once": "k1"})
        assert conversation.chat_messages.count() == 1


def test_the_operators_answer_is_there_after_a_reload(client: Browser):
    conversation = make_conversation()
    client_writes(conversation, "Where is it?")
    operator_says(conversation, "Two streets away.")
    page = page_of(client, conversation)
    assert page.index("Where is it?") < page.index("Two streets away.")


def test_it_says_sent_until_an_operator_has_seen_it(client: Browser):
    conversation = make_conversation()
    written = client_writes(conversation)
    assert '<span class="state">sent</span>' in page_of(client, conversation)
    mark_read(conversation, written.pk)
    assert '<span class="state">seen</span>' in page_of(client, conversation)


def test_the_greeting_is_shown_at_the_first_opening_only(client: Browser):
    switch_on(greeting=GREETING)
    conversation = make_conversation()
    assert GREETING in page_of(client, conversation)
    assert GREETING not in page_of(client, conversation)


def test_no_greeting_shows_nothing_and_a_later_one_is_still_the_first(client: Browser):
    conversation = make_conversation()
    assert "greeting" not in page_of(client, conversation)
    switch_on(greeting=GREETING)
    assert GREETING in page_of(client, conversation)


def test_a_messengers_preview_does_not_use_the_greeting_up(client: Browser):
    switch_on(greeting=GREETING)
    conversation = make_conversation()
    preview = client.get(address_of(conversation), HTTP_USER_AGENT="WhatsApp/2.23 A")
    assert GREETING not in preview.content.decode()
    assert GREETING in page_of(client, conversation)


def test_outside_business_hours_it_says_when_they_answer(client: Browser):
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Warsaw"})
    settings = switch_on(has_hours=True)
    for weekday in (Weekday.MONDAY, Weekday.TUESDAY):
        BusinessDay.objects.create(settings=settings, weekday=weekday, opens_at="09:00", closes_at="17:00")
    conversation = make_conversation()
    with time_machine.travel("2026-11-23 10:00+01:00"):  # a Monday
        assert "Nobody is here" not in page_of(client, conversation)
    with time_machine.travel("2026-11-23 18:00+01:00"):
        assert "We answer tomorrow from 09:00." in page_of(client, conversation)
    with time_machine.travel("2026-11-24 08:00+01:00"):
        assert "We answer today from 09:00." in page_of(client, conversation)
    with time_machine.travel("2026-11-24 18:00+01:00"):
        assert "We answer from 09:00 on Monday, 30.11." in page_of(client, conversation)


def test_long_talks_come_by_pages_the_newest_first(client: Browser):
    conversation = make_conversation()
    for number in range(60):
        client_writes(conversation, f"Message number {number:02}.")
    page = page_of(client, conversation)
    assert "number 59." in page
    assert "number 09." not in page
    earlier = re.search(r'href="(\?before=\d+)"', page)[1]
    page = page_of(client, conversation, earlier)
    assert "number 09." in page
    assert "number 10." not in page


def test_opening_the_page_takes_few_queries_however_long_the_talk(client: Browser, django_assert_max_num_queries):
    conversation = make_conversation()
    for _each in range(40):
        client_writes(conversation)
    address = address_of(conversation)
    client.get(address)  # tells the operators that everything was seen
    with django_assert_max_num_queries(8):
        client.get(address)


def test_the_script_gets_only_what_is_new(client: Browser):
    conversation = make_conversation()
    first = client_writes(conversation, "First")
    client_writes(conversation, "Second")
    news = client.get(address_of(conversation) + f"messages/?after={first.pk}").content.decode()
    assert "Second" in news
    assert "First" not in news


def test_operators_are_told_that_the_client_has_seen_their_answer(client: Browser):
    conversation = make_conversation()
    client_writes(conversation)
    written = operator_says(conversation, "Hello")
    for _again in range(2):
        client.post(address_of(conversation) + "read/", {"seen": written.pk})
    conversation.refresh_from_db()
    assert conversation.client_read_up_to == written.pk
    told = [event for event in ChatEvent.objects.filter(conversation=conversation) if "client_read_up_to" in event.data]
    assert len(told) == 1
    assert not told[0].is_for_client


def test_a_refused_message_keeps_the_words_in_the_form(client: Browser):
    conversation = make_conversation()
    answer = client.post(address_of(conversation), {"text": "x" * 10_001})
    assert answer.status_code == 413
    assert "The message has 10001 characters; 10000 are the most." in answer.content.decode()
    assert "x" * 10_000 in answer.content.decode()
    assert not conversation.chat_messages.exists()


@pytest.mark.parametrize("chat", ["on", "off"])
def test_closed_talks_are_rated_once_if_that_is_switched_on(client: Browser, chat: str):
    switch_on(asks_rating=chat == "on")
    conversation = make_conversation()
    client_writes(conversation)
    assert "How was our help?" not in page_of(client, conversation)
    close(conversation)
    assert ("How was our help?" in page_of(client, conversation)) is (chat == "on")
    answer = client.post(address_of(conversation) + "rating/", {"rating": "4"})
    assert answer.status_code == (303 if chat == "on" else 422)
    conversation.refresh_from_db()
    assert conversation.rating == (4 if chat == "on" else None)
    assert "How was our help?" not in page_of(client, conversation)


def test_the_page_is_light(client: Browser):
    page = client.get(address_of(make_conversation())).content
    addresses = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
    assert len(page) + sum(len(client.get(one.decode()).getvalue()) for one in addresses) < 60_000
    assert b"http://" not in page.replace(b"http://www.w3.org", b"")
    assert b"https://" not in page


def test_nothing_of_it_is_kept_or_told_to_others(client: Browser):
    answer = client.get(address_of(make_conversation()))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert policy.endswith("frame-ancestors 'self'")
    assert not answer.cookies


def test_only_the_named_sites_may_show_it(client: Browser):
    switch_on(allowed_origins="https://shop.example, https://www.shop.example/")
    answer = client.get(address_of(make_conversation()))
    assert answer["Content-Security-Policy"].endswith(
        "frame-ancestors 'self' https://shop.example https://www.shop.example"
    )
    assert "X-Frame-Options" not in answer


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://*", "https://shop.example/chat", "https://a.b; script-src *"]
)
def test_a_site_that_is_none_is_not_taken(origin: str):
    settings = ChatSettings(allowed_origins=origin)
    with pytest.raises(Exception, match="is not a site"):
        settings.clean()
