"""Open pages hear of every change within a second, without loss or repeats, from whichever web process."""

import datetime
import os
import signal
import time

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from messaging.inbox.conversations.state import mark_all_read
from messaging.inbox.conversations.writing import Said, note
from messaging.inbox.identity.access import client_token
from messaging.inbox.live.hub import MOST_PAGES
from messaging.inbox.live.log import newest_event_id, prune_events
from messaging.inbox.models import ChatEvent, ChatSettings
from messaging.inbox.operator.presence import tell_presence
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.inbox.streams import Stream, start_web
from tests.makers import make_user
from tests.processes import Site, wait_until

pytestmark = pytest.mark.slow


def numbers(events):
    return [one["message"] for one in events]


def test_two_web_processes_tell_their_pages_what_either_was_told(site: Site):
    browser = logged_in(make_user("Operator"))
    pages = [Stream(start_web(site), browser), Stream(start_web(site), browser)]
    conversation = make_conversation()
    began = time.monotonic()
    written = client_writes(conversation)
    for page in pages:
        (heard,) = page.wait_for(1)
        assert (heard["message"], heard["conversation"], heard["unread"]) == (written.pk, conversation.pk, 1)
    assert time.monotonic() - began < 5
    mark_all_read()
    for page in pages:
        assert page.wait_for(1, "all_read")[0]["unread"] == 0
        page.close()


def test_a_page_that_was_away_hears_what_it_missed_once_and_in_order(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    conversation = make_conversation()
    page = Stream(port, browser)
    first = client_writes(conversation, "first")
    page.wait_for(1)
    page.close()
    missed = [client_writes(conversation, f"missed {number}") for number in range(20)]
    again = Stream(port, browser, last=page.last)
    later = [client_writes(conversation, f"later {number}") for number in range(20)]
    assert numbers(again.wait_for(40)) == [one.pk for one in [*missed, *later]]
    assert first.pk not in numbers(again.heard())
    again.close()


def test_a_page_that_was_just_drawn_names_what_it_knows_in_its_address(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    conversation = make_conversation()
    known = newest_event_id()
    written = client_writes(conversation)
    page = Stream(port, browser, address=f"/inbox/events/?last={known}")
    assert numbers(page.wait_for(1)) == [written.pk]
    page.close()


def test_a_page_that_was_away_too_long_is_told_to_load_anew(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    conversation = make_conversation()
    known = client_writes(conversation)
    old = newest_event_id()
    for number in range(3):
        client_writes(conversation, f"{number}")
    ChatEvent.objects.update(at=timezone.now() - datetime.timedelta(days=3))
    prune_events(timezone.now() - datetime.timedelta(days=2))
    page = Stream(port, browser, last=old)
    page.wait_for(1, "reload")
    assert page.last == newest_event_id()
    after = client_writes(conversation, "after")
    assert numbers(page.wait_for(1)) == [after.pk] != [known.pk]
    page.close()


def test_strangers_and_users_without_the_right_hear_nothing(site: Site):
    port = start_web(site)
    for browser in (None, logged_in(make_user())):
        page = Stream(port, browser)
        assert page.answer.status == 403
        page.close()


def test_the_web_process_ends_at_once_though_pages_listen(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    pages = [Stream(port, browser) for _number in range(3)]
    began = time.monotonic()
    os.kill(site.started[-1].pid, signal.SIGTERM)
    site.started[-1].wait(timeout=15)
    assert time.monotonic() - began < 5
    assert "ERROR" not in site.said()
    assert "Traceback" not in site.said()
    for page in pages:
        page.close()


def test_hidden_messages_reach_operators(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    conversation = make_conversation()
    page = Stream(port, browser)
    hidden = note(conversation, Said("Careful, he never pays"), author=make_user("Operator"))
    assert numbers(page.wait_for(1)) == [hidden.pk]
    page.close()


def test_a_client_hears_of_the_own_conversation_only_and_never_of_what_is_hidden(site: Site):
    ChatSettings.current()
    ChatSettings.objects.update(is_on=True)
    mine, other = make_conversation(), make_conversation()
    page = Stream(start_web(site), address=f"/chat/{client_token(mine.client)}/events/")
    client_writes(other, "Not for you")
    note(mine, Said("Careful, he never pays"), author=make_user("Operator"))
    tell_presence(mine, 1, "Jan", "replying")
    written = client_writes(mine, "For you")
    (heard,) = page.wait_for(1)
    assert heard == {"id": page.last, "event": "message", "conversation": mine.pk, "message": written.pk}
    assert page.events == [heard]
    page.close()


def test_one_client_cannot_take_all_the_connections(site: Site):
    """Who has very many pages open is told of news more slowly on the last ones; others notice nothing."""
    ChatSettings.current()
    ChatSettings.objects.update(is_on=True)
    greedy, other = (f"/chat/{client_token(make_conversation().client)}/events/" for _number in range(2))
    port = start_web(site)
    pages = [Stream(port, address=greedy) for _number in range(MOST_PAGES)]
    assert {page.answer.status for page in pages} == {200}
    assert opened(port, greedy) == 429
    assert opened(port, other) == 200
    pages.pop().close()
    wait_until(lambda: opened(port, greedy) == 200, "there is room for one again")
    for page in pages:
        page.close()


def opened(port: int, address: str) -> int:
    """The answer to one more page, which goes away at once."""
    page = Stream(port, address=address)
    page.close()
    return page.answer.status


def test_the_database_may_go_away_for_a_while(site: Site):
    browser, port = logged_in(make_user("Operator")), start_web(site)
    conversation = make_conversation()
    page = Stream(port, browser)
    first = client_writes(conversation, "before")
    page.wait_for(1)
    cut_connections()
    second = client_writes(conversation, "after")
    assert numbers(page.wait_for(2)) == [first.pk, second.pk]
    page.close()


def cut_connections() -> None:
    """On PostgreSQL every other connection is ended; on SQLite the file is locked for a second."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        else:
            cursor.execute("BEGIN EXCLUSIVE")
            time.sleep(1)
            cursor.execute("COMMIT")


def test_who_loses_the_right_loses_the_stream_within_a_minute(site: Site):
    users = [make_user("Operator") for _number in range(3)]
    browsers = [logged_in(user) for user in users]
    port = start_web(site)
    gone, deactivated, kept = (Stream(port, browser) for browser in browsers)
    browsers[0].logout()
    users[1].is_active = False
    users[1].save()
    wait_until(lambda: gone.is_over and deactivated.is_over, "both streams have ended", seconds=60)
    assert gone.beats >= 1
    assert not kept.is_over
    for page in (gone, deactivated, kept):
        page.close()


@pytest.mark.django_db
def test_a_server_that_cannot_stream_answers_with_what_was_missed():
    """So a page works, more slowly, under `manage.py runserver`."""
    browser: Browser = logged_in(make_user("Operator"))
    known = newest_event_id()
    written = client_writes(make_conversation())
    answer = browser.get(f"/inbox/events/?last={known}")
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["X-Accel-Buffering"] == "no"
    assert f'"message": {written.pk}' in answer.content.decode()
    assert f"id: {newest_event_id()}\n" in answer.content.decode()
