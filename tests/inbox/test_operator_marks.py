"""The buttons above a thread: read, unread, all read, assigned, snoozed, closed."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from messaging.inbox.conversations.writing import tell_operators
from messaging.inbox.models import ChatEvent, Conversation, ConversationState
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_user

pytestmark = pytest.mark.django_db
TUESDAY = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)  # 13:00 in Warsaw


@pytest.fixture
def ola():
    return make_user("Operator", username="ola")


@pytest.fixture
def browser(ola):
    return logged_in(ola)


@pytest.fixture
def asked():
    return client_writes(make_conversation())


def now(asked):
    return Conversation.objects.get(pk=asked.conversation_id)


def press(browser, asked, verb, **data):
    return browser.post(f"/inbox/{asked.conversation_id}/{verb}/", data)


def test_reading_marks_what_was_on_the_screen_and_no_more(browser, asked):
    newer = client_writes(asked.conversation)
    press(browser, asked, "read", seen=asked.pk)
    assert (now(asked).unread, now(asked).is_unread) == (1, True)
    press(browser, asked, "read", seen=newer.pk)
    assert (now(asked).unread, now(asked).is_unread) == (0, False)


def test_what_was_read_leaves_the_list_of_unread_ones(browser, asked):
    assert len(browser.get("/inbox/?unread=1").context["listed"].rows) == 1
    press(browser, asked, "read", seen=asked.pk)
    assert browser.get("/inbox/?unread=1").context["listed"].rows == []


def test_it_is_marked_unread_again_for_all(browser, asked):
    press(browser, asked, "read", seen=asked.pk)
    press(browser, asked, "unread")
    assert now(asked).is_unread
    assert "o-row o-unread" in logged_in(make_user("Operator")).get("/inbox/").content.decode()


def test_one_press_marks_everything_read(browser, asked):
    client_writes(make_conversation())
    tell_operators("paused")
    assert browser.post("/inbox/read/").json()["count"] == 3
    assert not Conversation.objects.filter(is_unread=True).exists()
    assert ChatEvent.objects.last().kind == "all_read"


def test_it_is_assigned_and_taken_away(browser, asked, ola):
    press(browser, asked, "assign", to=ola.pk)
    assert now(asked).assignee == ola
    press(browser, asked, "assign", to="")
    assert now(asked).assignee is None


def test_nobody_gets_it_who_cannot_answer(browser, asked):
    for stranger in (make_user("Seller").pk, 99_999, "x"):
        assert press(browser, asked, "assign", to=stranger).status_code == 422
    assert now(asked).assignee is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("hour", datetime.datetime(2026, 3, 10, 13, tzinfo=datetime.UTC)),
        ("evening", datetime.datetime(2026, 3, 10, 17, tzinfo=datetime.UTC)),
        ("morning", datetime.datetime(2026, 3, 11, 8, tzinfo=datetime.UTC)),
        ("2026-03-12T10:30", datetime.datetime(2026, 3, 12, 9, 30, tzinfo=datetime.UTC)),
        ("2026-03-30T10:30", datetime.datetime(2026, 3, 30, 8, 30, tzinfo=datetime.UTC)),  # summer time
    ],
)
def test_it_is_snoozed_by_the_companys_clock(browser, asked, wanted, expected):
    with time_machine.travel(TUESDAY, tick=False):
        assert press(browser, asked, "snooze", until=wanted).status_code == 200
    assert (now(asked).state, now(asked).snoozed_until) == (ConversationState.SNOOZED, expected)


@pytest.mark.parametrize("wanted", ["", "soon", "2026-02-31T10:00", "2020-01-01T10:00", "2026-03-10"])
def test_a_moment_that_cannot_be_is_refused_in_words(browser, asked, wanted):
    with time_machine.travel(TUESDAY, tick=False):
        refused = press(browser, asked, "snooze", until=wanted)
    assert refused.status_code == 422
    assert refused.json()["problem"].startswith("Choose a")
    assert now(asked).state == ConversationState.OPEN


def test_late_in_the_day_this_evening_is_not_offered(browser, asked):
    with time_machine.travel(TUESDAY + datetime.timedelta(hours=5), tick=False):
        assert "this evening" not in browser.get(f"/inbox/{asked.conversation_id}/head/").content.decode()
        assert press(browser, asked, "snooze", until="evening").status_code == 422
    with time_machine.travel(TUESDAY, tick=False):
        assert "this evening" in browser.get(f"/inbox/{asked.conversation_id}/head/").content.decode()


def test_it_is_closed_and_opened_again(browser, asked):
    press(browser, asked, "close")
    assert now(asked).state == ConversationState.CLOSED
    assert "Open again" in browser.get(f"/inbox/{asked.conversation_id}/head/").content.decode()
    press(browser, asked, "reopen")
    assert now(asked).state == ConversationState.OPEN


def test_open_pages_are_told_of_each_change(browser, asked, ola):
    for verb, data in (("assign", {"to": ola.pk}), ("snooze", {"until": "hour"}), ("close", {}), ("unread", {})):
        before = ChatEvent.objects.count()
        press(browser, asked, verb, **data)
        assert ChatEvent.objects.count() == before + 1
        assert ChatEvent.objects.last().conversation_id == asked.conversation_id
    assert now(asked).last_at <= timezone.now()
