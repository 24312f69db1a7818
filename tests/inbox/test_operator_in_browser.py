"""The operator's page as one works in it: reading, answering once, hints, drafts, and a network that goes away."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from messaging.inbox.marks import mark_all_read
from messaging.inbox.models import ChatMessage, Conversation, Draft, Hint
from messaging.inbox.operator import thread
from messaging.inbox.writing import tell_operators
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_client, make_location, make_order, make_user

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]
LATER = 8_000  # milliseconds; the test's server cannot stream, so pages come for news every two seconds


def meanwhile(work: Callable[[], Any]) -> None:
    """Do something in the database while a page is open."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join()


@pytest.fixture
def ola(client):
    user = make_user("Operator", username="ola", first_name="Ola")
    client.force_login(user)
    return user


@pytest.fixture
def anna():
    return make_client(name="Anna Kowalska", first_name="Anna")


@pytest.fixture
def asked(anna):
    return client_writes(make_conversation(anna), "When does it come?")


def address(asked: ChatMessage) -> str:
    return f"/inbox/{asked.conversation_id}/"


def row(page: Page, asked: ChatMessage) -> Any:
    return page.locator(f"#row-{asked.conversation_id}")


def write(page: Page, text: str) -> None:
    page.get_by_label("Reply").press_sequentially(text)


def replies() -> list[str]:
    return list(ChatMessage.objects.filter(sender="operator").order_by("pk").values_list("text", flat=True))


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
        expect(page.locator("#o-said")).to_have_text("New message from Piotr")
    assert set(Conversation.objects.filter(is_unread=True)) == {other}


def test_a_hint_is_chosen_by_typing_and_comes_filled(live_server, client, ola, asked, anna):
    make_order(make_location(anna), number="WX-1042")
    Hint.objects.create(name="Greeting", text="Dear {first_name}, ", position=1)
    Hint.objects.create(name="On the way", text="Order {order_number} is on the way.", position="1.5")
    Hint.objects.create(name="Arrival", text="It comes {planned_arrival}.", position=3)
    with opened(live_server, client, address(asked)) as page:
        write(page, "/")
        expect(page.get_by_role("option")).to_have_text([re.compile("Greeting"), re.compile("On"), re.compile("Arr")])
        page.keyboard.press("Enter")
        expect(page.get_by_label("Reply")).to_have_value("Dear Anna, ")
        write(page, "/way")
        expect(page.get_by_role("option")).to_have_count(1)
        page.get_by_role("option").click()
        expect(page.get_by_label("Reply")).to_have_value("Dear Anna, Order WX-1042 is on the way.")
        write(page, " /arr")
        expect(page.get_by_role("option")).to_contain_text("Fill in")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert").filter(has_text="Planned arrival, date and time")).to_be_visible()
        page.get_by_label("Reply").fill("Order WX-1042 comes at noon.")
        page.keyboard.press("Enter")
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_have_count(1)
    assert replies() == ["Order WX-1042 comes at noon."]


def test_a_draft_outlives_the_page_and_a_hidden_one_stays_amber(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        page.locator("#o-is-hidden").check()
        expect(page.locator("#o-composer")).to_have_class(re.compile("o-is-hidden"))
        write(page, "Rings twice")
        page.reload()
        expect(page.get_by_label("Reply")).to_have_value("Rings twice")
        expect(page.locator("#o-composer")).to_have_class(re.compile("o-is-hidden"))
        page.get_by_role("button", name="Keep for us").click()
        expect(page.locator(".o-bubble.o-hidden:not(.o-pending)")).to_contain_text("hidden, only we see it")
    assert ChatMessage.objects.get(text="Rings twice").is_hidden
    assert not Draft.objects.exists()


def test_what_is_sent_without_a_network_goes_once_when_it_is_back(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        page.context.set_offline(True)
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-pending")).to_contain_text("not sent yet")
        page.context.set_offline(False)
        expect(page.locator(".o-pending")).to_have_count(0, timeout=LATER)
        expect(page.locator(".o-bubble.o-operator")).to_contain_text("At noon")
    assert replies() == ["At noon"]


def test_an_answer_that_was_lost_on_its_way_back_is_not_sent_twice(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        lost = []

        def lose_the_first(route: Any) -> None:
            if lost:
                route.continue_()
            else:
                lost.append(route.fetch().status)
                route.abort()

        page.route("**/reply/", lose_the_first)
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-pending")).to_contain_text("not sent yet")
        expect(page.locator(".o-pending")).to_have_count(0, timeout=LATER)
        expect(page.locator(".o-bubble.o-operator")).to_have_count(1)
    assert (lost, replies()) == ([204], ["At noon"])


def test_who_was_overtaken_sees_it_first_and_keeps_the_words(live_server, client, ola, asked):
    with opened(live_server, client, "/inbox/") as page:
        page.route("**/inbox/events/**", lambda route: route.abort())  # the news have not come yet
        page.goto(live_server.url + address(asked))
        write(page, "At noon")
        meanwhile(lambda: client_writes(asked.conversation, "Cancel it!"))
        page.keyboard.press("Enter")
        expect(page.locator("#o-problem")).to_contain_text("A new message came while you were writing")
        expect(page.locator(".o-bubble").last).to_contain_text("Cancel it!")
        expect(page.get_by_label("Reply")).to_have_value("At noon")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon")
    assert replies() == ["At noon"]


def test_a_login_that_expired_loses_nothing(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        kept = page.context.cookies()
        page.context.clear_cookies(name="sessionid")
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Log in")).to_be_visible()
        expect(page.locator(".o-pending")).to_contain_text("At noon")
        page.context.add_cookies(kept)
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon", timeout=LATER)
    assert replies() == ["At noon"]


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


def test_a_file_is_attached_and_can_be_taken_out(live_server, client, ola, asked, tmp_path):
    note, other = tmp_path / "note.txt", tmp_path / "other.txt"
    note.write_text("ring twice")
    other.write_text("x")
    with opened(live_server, client, address(asked)) as page:
        page.locator("#o-file").set_input_files([note, other])
        expect(page.locator("#o-files li")).to_have_count(2)
        page.get_by_role("button", name="Take out other.txt").click()
        page.get_by_role("button", name="Send").click()
        expect(page.locator("a.o-file")).to_contain_text("note.txt")
    assert ChatMessage.objects.last().attachments.get().name == "note.txt"


def test_said_is_said_once_in_two_tabs(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        second = page.context.new_page()
        second.goto(live_server.url + address(asked))
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(second.locator(".o-bubble.o-operator")).to_contain_text("At noon", timeout=LATER)
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_have_count(1)
    assert replies() == ["At noon"]
