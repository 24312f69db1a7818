"""Odd words and too many of them: nothing is run, nothing that was taken is lost, operators are not drowned."""

import datetime

import pytest
import time_machine
from django.test import Client as Browser

from messaging.inbox.identity.access import client_token
from messaging.inbox.models import Conversation, Turns
from tests.inbox.makers import make_conversation, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chat_is_on():
    switch_on()


def write(browser: Browser, conversation: Conversation, text: str, **more: str) -> int:
    return browser.post(f"/chat/{client_token(conversation.client)}/", {"text": text}, **more).status_code


def page_of(browser: Browser, conversation: Conversation) -> str:
    return browser.get(f"/chat/{client_token(conversation.client)}/").content.decode()


@pytest.mark.parametrize(
    ("text", "kept", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("{{ visit.token }} {% debug %}", "{{ visit.token }} {% debug %}", "{{ visit.token }}"),
        ("👍🏽👨‍👩‍👧", "👍🏽👨‍👩‍👧", "👍🏽👨‍👩‍👧"),
        ("שלום \u202eabc", "שלום \u202eabc", '<p dir="auto">שלום'),
        ("a\0b", "ab", '<p dir="auto">ab</p>'),
        ("javascript:alert(1)", "javascript:alert(1)", '<p dir="auto">javascript:alert(1)</p>'),
        ('https://a.b/"onmouseover="x', 'https://a.b/"onmouseover="x', "&quot;onmouseover=&quot;x"),
    ],
)
def test_any_words_are_only_words(client: Browser, text: str, kept: str, shown: str):
    conversation = make_conversation()
    assert write(client, conversation, text) == 303
    assert conversation.chat_messages.get().text == kept
    assert shown in page_of(client, conversation)


@pytest.mark.parametrize(("text", "status"), [("", 422), (" \n\t ", 422), ("\0", 422), ("x" * 100_000, 413)])
def test_nothing_and_too_much_are_refused(client: Browser, text: str, status: int):
    conversation = make_conversation()
    assert write(client, conversation, text) == status
    assert not conversation.chat_messages.exists()


def test_a_thousand_messages_in_a_minute(client: Browser, settings):
    """What was taken is all there; the rest is told to wait, in words."""
    settings.CHAT_MESSAGES_PER_MINUTE = 20
    conversation = make_conversation()
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False) as clock:
        script = {"HTTP_X_REQUESTED_WITH": "fetch"}
        statuses = [write(client, conversation, str(number), **script) for number in range(1_000)]
        assert statuses == [200] * 20 + [429] * 980
        address = f"/chat/{client_token(conversation.client)}/"
        refused = client.post(address, {"text": "One more"})
        assert "Nothing that was sent before is lost; try again in 60 seconds." in refused.content.decode()
        assert "One more</textarea>" in refused.content.decode()
        assert refused["Retry-After"] == "60"
        clock.shift(datetime.timedelta(seconds=60))
        assert write(client, conversation, "After a minute") == 303
    texts = list(conversation.chat_messages.order_by("pk").values_list("text", flat=True))
    assert texts == [*map(str, range(20)), "After a minute"]


def test_one_client_does_not_use_up_the_turns_of_another(client: Browser, settings):
    settings.CHAT_MESSAGES_PER_MINUTE = 1
    for conversation in (make_conversation(), make_conversation()):
        assert [write(client, conversation, "Hi") for _each in range(2)] == [303, 429]


def test_one_network_address_has_its_own_end(client: Browser, settings):
    settings.CHAT_POSTS_PER_MINUTE = 3
    statuses = [write(client, make_conversation(), "Hi", REMOTE_ADDR="203.0.113.1") for _each in range(5)]
    assert statuses == [303, 303, 303, 429, 429]
    assert write(client, make_conversation(), "Hi", REMOTE_ADDR="203.0.113.2") == 303


def test_one_customers_ipv6_network_is_one_address(client: Browser, settings):
    settings.CHAT_POSTS_PER_MINUTE = 1
    places = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]
    assert [write(client, make_conversation(), "Hi", REMOTE_ADDR=place) for place in places] == [303, 429, 303]


def test_old_counts_are_forgotten(client: Browser):
    write(client, make_conversation(), "Hi")
    Turns.objects.update(since="2020-01-01T00:00:00Z")
    write(client, make_conversation(), "Hi", REMOTE_ADDR="203.0.113.7")
    assert not Turns.objects.filter(since__year=2020).exists()
