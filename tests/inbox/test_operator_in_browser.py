"""The operator's page as one looks through it: reading, filters, search, the keyboard, news that come by themselves."""

import re

import pytest
from playwright.sync_api import expect

from messaging.inbox.conversations.state import mark_all_read
from messaging.inbox.conversations.writing import tell_operators
from messaging.inbox.models import Conversation
from messaging.inbox.operator import thread
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.inbox.makers import client_writes, make_conversation
from tests.inbox.operator_page import LATER, address, meanwhile, replies, row, write
from tests.makers import make_client, make_user

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_an_operator_reads_and_answers_and_goes_back(live_server, client, ola, asked, size):
    with opened(live_server, client, "/inbox/?who=users", size) as page:
        expect(row(page, asked)).to_have_class(re.compile("o-unread"))
        expect(page).to_have_title(re.compile(r"^\(1\) Chat"))
        row(page, asked).click()
        expect(page.locator("#o-divider")).to_be_visible()
        expect(page.locator(".o-bubble.o-new")).to_have_text(re.compile("When does it come?"))
        page.get_by_label("Reply").click()
        write(page, "At noon <b>")
        page.get_by_role("button", name="Send").dblclick()
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon <b>")
        expect(page.get_by_label("Reply")).to_have_value("")
        assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
        if size is PHONE:
            expect(row(page, asked)).to_be_hidden()
            page.get_by_role("link", name="Back").click()
        else:
            page.go_back()
        expect(page).to_have_url(re.compile(r"/inbox/\?who=users$"))
        expect(row(page, asked)).not_to_have_class(re.compile("o-unread"))
        expect(row(page, asked)).to_contain_text("We: At noon")
        expect(page).to_have_title(re.compile("^Chat"))
    assert replies() == ["At noon <b>"]
    assert not Conversation.objects.get().is_unread


def test_news_appear_by_themselves_and_move_nothing_one_reads(live_server, client, ola, asked):
    other = make_conversation(make_client(name="Piotr"))
    with opened(live_server, client, address(asked)) as page:
        expect(row(page, asked)).not_to_have_class(re.compile("o-unread"))
        meanwhile(lambda: client_writes(asked.conversation, "Hello?"))
        expect(page.locator(".o-bubble").last).to_contain_text("Hello?", timeout=LATER)
        meanwhile(lambda: client_writes(other, "And me?"))
        expect(page.locator(".o-row").first).to_contain_text("And me?", timeout=LATER)
        expect(page.locator(".o-row").first).to_have_class(re.compile("o-unread"))
        expect(page).to_have_title(re.compile(r"^\(1\)"))
        expect(page.get_by_role("link", name="Unread 1")).to_be_visible()
        expect(page.locator("#o-said")).to_have_text("New message from Piotr")
    assert set(Conversation.objects.filter(is_unread=True)) == {other}


def test_everything_is_marked_read_by_one_press(live_server, client, ola, asked):
    tell_operators("The gateway was paused.")
    with opened(live_server, client, "/inbox/") as page:
        expect(page.locator(".o-row.o-unread")).to_have_count(2)
        page.get_by_role("button", name="Mark all read").click()
        expect(page.locator(".o-row.o-unread")).to_have_count(0)
        expect(page.get_by_text("Everything is marked read.")).to_be_visible()
        expect(page).to_have_title(re.compile("^Chat"), timeout=LATER)
    assert not Conversation.objects.filter(is_unread=True).exists()


def test_filters_are_switched_without_leaving_the_conversation(live_server, client, ola, asked):
    make_conversation(make_client(name="Piotr"))
    tell_operators("The gateway was paused.")
    with opened(live_server, client, address(asked)) as page:
        page.get_by_role("link", name="System 1").click()
        expect(page.locator(".o-row")).to_have_count(1)
        expect(page).to_have_url(re.compile(rf"{address(asked)}\?who=system$"))
        page.locator("[data-filters] > summary").click()
        page.get_by_label("Whose messages").select_option("Clients")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".o-row")).to_have_count(2)
        page.get_by_role("link", name="Reset", exact=True).click()
        expect(page.locator(".o-row")).to_have_count(3)
        page.go_back()
        expect(page.locator(".o-row")).to_have_count(2)
        expect(page.locator("#o-head")).to_contain_text("Anna Kowalska")


def test_a_found_message_is_shown_in_its_place(live_server, client, ola, asked):
    for number in range(thread.PAGE * 2):
        client_writes(asked.conversation, f"line {number}")
    with opened(live_server, client, "/inbox/") as page:
        page.keyboard.press("/")
        page.keyboard.type("come")
        page.locator(".o-found").click()
        expect(page.locator(".o-here mark")).to_have_text("come")
        expect(page.locator(".o-here")).to_be_in_viewport()
        expect(page.get_by_role("link", name="Newer messages")).to_be_attached()


def test_older_messages_come_while_one_scrolls_up(live_server, client, ola, asked):
    for number in range(thread.PAGE + 10):
        client_writes(asked.conversation, f"line {number}")
    mark_all_read()
    with opened(live_server, client, address(asked)) as page:
        expect(page.locator(".o-bubble").last).to_be_in_viewport()
        page.locator("#o-messages").evaluate("box => { box.scrollTop = 0; }")
        expect(page.get_by_text("When does it come?")).to_be_attached()
        expect(page.locator(".o-day")).to_have_count(1)
        expect(page.locator(".o-bubble")).to_have_count(thread.PAGE + 11)


def test_a_day_goes_by_without_a_mouse(live_server, client, ola, asked):
    other = client_writes(make_conversation(make_client(name="Piotr")), "Second")
    with opened(live_server, client, "/inbox/") as page:
        page.locator("body").press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.locator("#o-head")).to_contain_text("Piotr")
        page.keyboard.press("Escape")  # out of the composer
        page.keyboard.press("e")
        expect(page.get_by_text("Closed.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#o-head").get_by_role("button", name="Close")).to_be_visible()
        page.keyboard.press("u")
        expect(row(page, other)).to_have_class(re.compile("o-unread"))
        page.keyboard.press("s")
        page.get_by_role("button", name="For an hour").click()
        expect(page.locator("#o-head")).to_contain_text("snoozed")
        page.keyboard.press("a")
        page.get_by_role("button", name="To me").click()
        expect(page.locator("#o-head")).to_contain_text("yours")
        page.keyboard.press("?")
        expect(page.locator("#o-keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile("/inbox/$"))
    row_now = Conversation.objects.get(pk=other.conversation_id)
    assert (row_now.state, row_now.assignee, row_now.is_unread) == ("snoozed", ola, True)


def test_folds_of_the_panel_are_remembered(live_server, client, ola, asked, anna):
    anna.bottle_debt = 3
    anna.save()
    with opened(live_server, client, address(asked)) as page:
        expect(page.get_by_text("Bottle debt")).to_be_hidden()
        page.get_by_text("More", exact=True).click()
        expect(page.get_by_text("Bottle debt")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Bottle debt")).to_be_visible()


def test_a_colleague_is_seen_while_replying(live_server, client, ola, asked):
    igor = make_user("Operator", username="igor", first_name="Igor")
    other = type(client)()
    other.force_login(igor)
    with opened(live_server, client, address(asked)) as page:
        meanwhile(lambda: other.post(f"{address(asked)}presence/", {"state": "replying"}))
        expect(page.locator("#o-presence")).to_contain_text("Igor is replying", timeout=LATER)
