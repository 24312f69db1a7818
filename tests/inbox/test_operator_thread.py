"""A conversation as the operator sees it: days, lines, the unread divider, what robots sent, safe words."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import Channel
from locations.values.reasons import in_words
from messaging.inbox.conversations.state import mark_all_read
from messaging.inbox.conversations.writing import Said, note, receive, say, tell_operators
from messaging.inbox.lines.lines import line_of, ways_to, web_line
from messaging.inbox.models import ChatMessage, Conversation, LineKind, Sender
from messaging.inbox.operator import thread
from messaging.inbox.operator.linkify import around, is_long, pieces_of
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_gateway, make_user

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)


def kinds(part):
    return [entry.kind if entry.kind != "bubble" else entry.said.text for entry in part.entries]


def fresh(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def page_of(conversation, query="", role="Operator"):
    return logged_in(make_user(role)).get(f"/inbox/{conversation.pk}/{query}").content.decode()


def test_days_and_the_place_where_the_unread_begins_are_marked():
    conversation = make_conversation()
    with time_machine.travel(NOON, tick=False):
        client_writes(conversation, "first")
    mark_all_read()
    with time_machine.travel(NOON + datetime.timedelta(days=1), tick=False):
        client_writes(conversation, "second")
        client_writes(conversation, "third")
    assert kinds(thread.newest(fresh(conversation))) == ["day", "first", "day", "divider", "second", "third"]


def test_a_change_of_line_is_said_once():
    conversation, sms = make_conversation(), line_of(make_gateway(name="Our number"), LineKind.SMS)
    for line in (web_line(), web_line(), sms, sms, web_line()):
        receive(conversation, Said("hello"), line)
    entries = thread.newest(conversation).entries
    assert [entry.line for entry in entries if entry.said] == ["Web chat", "", "Our number", "", "Web chat"]


def test_older_and_newer_pages_meet_without_a_gap():
    conversation = make_conversation()
    for number in range(thread.PAGE * 2 + 5):
        client_writes(conversation, str(number))
    last = thread.newest(conversation)
    middle = thread.older(conversation, last.said[0].pk)
    first = thread.older(conversation, middle.said[0].pk)
    assert [one.text for part in (first, middle, last) for one in part.said] == [
        str(number) for number in range(thread.PAGE * 2 + 5)
    ]
    assert (first.has_older, middle.has_older) == (False, True)
    there = thread.around(conversation, middle.said[30].pk)
    assert middle.said[30].pk in {one.pk for one in there.said}
    assert there.has_older
    assert there.has_newer
    after = thread.newer(conversation, there.newest_id)
    shown = [one.text for one in (*there.said, *after.said)]
    assert shown == [str(number) for number in range(int(shown[0]), thread.PAGE * 2 + 5)]


def test_what_robots_sent_stands_among_the_bubbles_by_its_time():
    client = make_client()
    conversation = make_conversation(client)
    with time_machine.travel(NOON, tick=False):
        client_writes(conversation, "before")
        at = timezone.now() + datetime.timedelta(minutes=5)
        Message.objects.create(client=client, channel=Channel.SMS, to="+48501234567", body="On its way", created_at=at)
    with time_machine.travel(NOON + datetime.timedelta(minutes=9), tick=False):
        client_writes(conversation, "after")
    assert kinds(thread.newest(fresh(conversation)))[1:] == ["divider", "before", "outside", "after"]
    assert "SMS to +48 501 *** 567" in page_of(conversation)


def test_a_reply_by_sms_is_not_shown_twice_and_says_what_became_of_it():
    client, sms = make_client(), line_of(make_gateway(), LineKind.SMS)
    conversation = make_conversation(client)
    conversation.addresses.create(kind="phone", address="+48501234567", line=sms)
    receive(conversation, Said("hello"), sms)
    say(conversation, Said("answer"))
    Message.objects.update(state=MessageState.FAILED, reason=in_words("The number is not in service."))
    assert kinds(thread.newest(fresh(conversation))).count("outside") == 0
    page = page_of(conversation)
    assert "The number is not in service." in page
    assert "Send again" in page


def test_a_page_costs_as_many_queries_for_many_messages_as_for_few():
    conversation = make_conversation()
    browser = logged_in(make_user("Operator"))
    client_writes(conversation, "one")
    address = f"/inbox/{conversation.pk}/"
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for number in range(thread.PAGE):
        client_writes(conversation, str(number))
        note(conversation, Said("aside"), author=make_user())
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) <= len(few)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", 'https://x.pl/"onclick="a'],
)
def test_words_of_clients_are_never_markup(text):
    conversation = make_conversation(make_client(name=text))
    client_writes(conversation, text)
    page = page_of(conversation)
    for harm in ("<script>alert", "<img src=x", 'href="javascript', '" onclick', '"onclick="a'):
        assert harm not in page


def test_links_are_links_and_nothing_gets_lost():
    text = "See https://example.com/a?b=1&c=2), or ola@example.com. Bye <http://x.y>"
    pieces = pieces_of(text)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.href for piece in pieces if piece.href] == [
        "https://example.com/a?b=1&c=2",
        "mailto:ola@example.com",
        "http://x.y",
    ]


def test_ten_thousand_odd_characters_are_cut_into_pieces_at_once():
    for text in ("a." * 5_000, "https://" * 1_250, "@" * 10_000, "a@" * 5_000):
        assert "".join(piece.text for piece in pieces_of(text, ("a",))) == text


def test_long_words_are_folded_and_excerpts_short():
    assert is_long("x" * 1_300)
    assert is_long("\n" * 30)
    assert not is_long("hello")
    assert around("a " * 200 + "woda " + "b " * 200, ("woda",)).startswith("…")
    assert "woda" in around("a " * 200 + "woda " + "b " * 200, ("woda",))


def test_direction_follows_the_words():
    conversation = make_conversation()
    client_writes(conversation, "مرحبا")
    assert '<p class="o-text" dir="auto">مرحبا</p>' in page_of(conversation)


def test_hidden_robots_and_system_messages_look_their_own():
    conversation = make_conversation()
    client_writes(conversation)
    note(conversation, Said("aside"), author=make_user(first_name="Ola"))
    say(conversation, Said("by robot"), sender=Sender.ROBOT)
    page = page_of(conversation)
    assert "o-bubble o-operator o-hidden" in page
    assert "hidden, only we see it" in page
    assert "o-bubble o-robot" in page
    told = tell_operators("The gateway was paused.")
    assert "o-bubble o-system" in page_of(told.conversation)


def test_only_what_came_after_is_given_after_a_message():
    conversation = make_conversation()
    first, second = client_writes(conversation, "one"), client_writes(conversation, "two")
    browser = logged_in(make_user("Operator"))
    address = f"/inbox/{conversation.pk}/messages/"
    assert f'id="m{second.pk}"' in browser.get(f"{address}?after={first.pk}").content.decode()
    assert f'id="m{first.pk}"' not in browser.get(f"{address}?after={first.pk}").content.decode()
    alone = browser.get(f"{address}?only={first.pk}").content.decode()
    assert alone.count("<article") == 1


def test_looking_does_not_mark_read():
    conversation = make_conversation()
    client_writes(conversation)
    page_of(conversation)
    assert fresh(conversation).unread == 1


def test_what_the_client_has_seen_is_said():
    conversation = make_conversation()
    client_writes(conversation)
    say(conversation, Said("answer"), sender=Sender.OPERATOR)
    assert '"o-seen"' not in page_of(conversation)
    Conversation.objects.update(client_read_up_to=ChatMessage.objects.last().pk)
    assert '"o-seen"' in page_of(conversation)
    assert ways_to(fresh(conversation))


def test_what_was_sent_outside_is_told_once_and_again_when_it_changes(client, ola, asked, anna):
    sms = Message.objects.create(client=anna, channel="sms", to="+48501234567", body="It is on its way")
    address = f"/inbox/{asked.conversation_id}/outside/"
    answer = client.get(address)
    assert "It is on its way" in answer.content.decode()
    assert client.get(address, {"was": answer["X-Mark"]}).status_code == 204
    Message.objects.filter(pk=sms.pk).update(state="sent")
    changed = client.get(address, {"was": answer["X-Mark"]})
    assert (changed.status_code, changed["X-Mark"] == answer["X-Mark"]) == (200, False)
