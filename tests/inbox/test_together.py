"""Several operators and a client at one conversation at the same moment (on both databases)."""

import threading

import pytest
from django.db import connection, transaction

from locations.errors import CannotDo
from messaging.inbox.conversations.state import mark_all_read, mark_read
from messaging.inbox.conversations.writing import Overtaken, Said, receive, reply
from messaging.inbox.identity.finding import conversation_of
from messaging.inbox.lines.lines import ways_to, web_line
from messaging.inbox.models import ChatEvent, ChatMessage, Conversation
from tests.inbox.makers import switch_on
from tests.makers import make_client, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(*jobs) -> list:
    """What each returned or raised; each in a thread with a connection of its own, begun at the same moment."""
    start = threading.Barrier(len(jobs))
    outcomes = [None] * len(jobs)

    def run(place, job):
        try:
            start.wait()
            outcomes[place] = job()
        except Overtaken as overtaken:
            outcomes[place] = overtaken
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place, job]) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def begun() -> tuple[Conversation, ChatMessage]:
    switch_on()
    conversation = conversation_of(make_client())
    return conversation, receive(conversation, Said("Where is my order?"), web_line())


def test_of_two_operators_only_one_answers_and_the_other_sees_it_first():
    conversation, asked = begun()
    way = ways_to(conversation)[0]
    ola, igor = make_user(), make_user()
    outcomes = run_together(
        lambda: reply(conversation, ola, Said("On its way"), way, seen=asked.pk),
        lambda: reply(conversation, igor, Said("Soon"), way, seen=asked.pk),
    )
    refused = [one for one in outcomes if isinstance(one, Overtaken)]
    assert len(refused) == 1
    assert [one.text for one in refused[0].newer] == [ChatMessage.objects.last().text]
    assert ChatMessage.objects.count() == 2


def test_the_same_press_in_two_tabs_writes_once():
    conversation, asked = begun()
    way = ways_to(conversation)[0]
    ola = make_user()
    press = lambda: reply(conversation, ola, Said("On its way", once_key="one press"), way, seen=asked.pk)  # noqa: E731
    outcomes = run_together(press, press, press)
    assert sum(one is not None for one in outcomes) == 1
    assert ChatMessage.objects.count() == 2


def test_what_comes_while_all_is_marked_read_stays_unread():
    conversation, _asked = begun()
    for _ in range(5):
        _count, came = run_together(mark_all_read, lambda: receive(conversation, Said("And another"), web_line()))
        conversation.refresh_from_db()
        if conversation.is_unread:
            assert conversation.unread >= 1
        else:
            assert conversation.read_up_to >= came.pk
        mark_read(conversation, came.pk)


def test_the_log_is_in_the_order_of_the_messages():
    conversation, _asked = begun()
    line = web_line()
    others = [conversation_of(make_client()) for _ in range(3)]
    run_together(
        *[lambda one=one: [receive(one, Said("Hi"), line) for _ in range(5)] for one in [conversation, *others]]
    )
    told = ChatEvent.objects.filter(kind="message").order_by("pk").values_list("conversation", "chat_message")
    assert len(told) == 21
    for one in [conversation, *others]:
        mine = [message for place, message in told if place == one.pk]
        assert mine == sorted(mine)


def test_words_no_database_takes_are_mended_and_nothing_is_refused():
    conversation, _asked = begun()
    said = receive(conversation, Said("a\0b \ud800 " + "x" * 20_000), web_line())
    said.refresh_from_db()
    assert said.text.startswith("ab ?")
    assert len(said.text) == 10_000
    with pytest.raises(CannotDo, match="Write something"):
        receive(conversation, Said(" \n\0 "), web_line())


def test_marking_all_read_marks_nothing_that_was_being_written_then():
    """Its id may be lower than that of a message that is there already: it is committed later."""
    switch_on()
    known, other = conversation_of(make_client()), conversation_of(make_client())
    receive(known, Said("First"), web_line())
    is_written, may_end = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            receive(known, Said("Second"), web_line())
            is_written.set()
            may_end.wait(2)

    def press():
        is_written.wait(2)
        if connection.vendor == "postgresql":  # SQLite has one writer
            ChatMessage.objects.bulk_create([ChatMessage(conversation=other, sender="client", text="Elsewhere")])
        threading.Timer(0.5, may_end.set).start()
        mark_all_read()

    run_together(write_slowly, press)
    known.refresh_from_db()
    assert (known.is_unread, known.newest_id) == (True, known.chat_messages.order_by("pk").last().pk)
    assert known.unread > 0
