"""What was refused, or waits, changes nothing of what is being typed, and leaves in nobody else's name."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messaging.inbox.models import ChatMessage
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.inbox.operator_page import LATER, address, meanwhile, replies, row, write
from tests.makers import make_client, make_user

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]
COMPOSER = "textarea#o-text"


def slowly(page: Page) -> list[Any]:
    """Replies wait on the way until the test lets them go on: `held.pop(0).continue_()`."""
    held: list[Any] = []
    page.route("**/reply/", lambda route: held.append(route))
    page.route("**/inbox/events/**", lambda route: route.abort())
    return held


def let_go(page: Page, held: list[Any]) -> None:
    page.unroute("**/reply/")
    while held:
        held.pop(0).continue_()


def test_a_note_begun_while_a_reply_is_refused_stays_a_note(live_server, client, ola, asked):
    with opened(live_server, client, "/inbox/") as page:
        held = slowly(page)
        page.goto(live_server.url + address(asked))
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-pending")).to_be_visible()
        page.locator("#o-is-hidden").check()
        write(page, "Never pays on time")
        meanwhile(lambda: client_writes(asked.conversation, "Cancel it!"))
        let_go(page, held)
        expect(page.locator(".o-refused")).to_contain_text("At noon")
        expect(page.locator(COMPOSER)).to_have_value("Never pays on time")
        expect(page.locator("#o-is-hidden")).to_be_checked()
        page.locator(COMPOSER).press("Enter")
        expect(page.locator(".o-bubble.o-hidden:not(.o-pending)")).to_contain_text("Never pays on time")
        page.get_by_role("button", name="Put back").click()
        expect(page.locator("#o-is-hidden")).not_to_be_checked()
        page.locator(COMPOSER).press("Enter")
        expect(page.locator(".o-bubble.o-operator:not(.o-pending, .o-hidden)")).to_contain_text("At noon")
    said = ChatMessage.objects.filter(sender="operator").order_by("pk").values_list("text", "is_hidden")
    assert list(said) == [("Never pays on time", True), ("At noon", False)]


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_what_came_meanwhile_is_in_sight_above_the_refused_words(live_server, client, ola, asked, size):
    for number in range(20):
        client_writes(asked.conversation, f"Message {number}")
    with opened(live_server, client, "/inbox/", size) as page:
        page.route("**/inbox/events/**", lambda route: route.abort())  # the news have not come yet
        page.goto(live_server.url + address(asked))
        write(page, "At noon")
        meanwhile(lambda: client_writes(asked.conversation, "Cancel it!"))
        page.keyboard.press("Enter")
        expect(page.locator(".o-refused")).to_contain_text("A new message came while you were writing")
        expect(page.locator(".o-bubble").last).to_contain_text("Cancel it!")
        expect(page.locator(".o-bubble").last).to_be_in_viewport(ratio=0.95)


def test_what_is_being_typed_is_not_mixed_with_what_is_put_back(live_server, client, ola, asked):
    with opened(live_server, client, "/inbox/") as page:
        held = slowly(page)
        page.goto(live_server.url + address(asked))
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-pending")).to_be_visible()
        page.locator("#o-is-hidden").check()
        write(page, "Never pays")
        meanwhile(lambda: client_writes(asked.conversation, "Cancel it!"))
        let_go(page, held)
        page.get_by_role("button", name="Put back").click()
        expect(page.locator("#o-problem")).to_contain_text("First send or delete what you are writing")
        expect(page.locator(COMPOSER)).to_have_value("Never pays")
        page.get_by_role("button", name="Send anyway").click()
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon")
        expect(page.locator(COMPOSER)).to_have_value("Never pays")
        expect(page.locator(".o-refused")).to_have_count(0)
    assert replies() == ["At noon"]


def test_a_refusal_leaves_the_other_conversation_and_its_own_next_draft_alone(live_server, client, ola, asked):
    other = client_writes(make_conversation(make_client(name="Piotr Nowak")), "And mine?")
    with opened(live_server, client, "/inbox/") as page:
        held = slowly(page)
        page.goto(live_server.url + address(asked))
        write(page, "First answer")
        page.keyboard.press("Enter")
        write(page, "Second answer")
        row(page, other).click()
        expect(page.locator(".o-head h2")).to_have_text("Piotr Nowak")
        write(page, "To Piotr")
        meanwhile(lambda: client_writes(asked.conversation, "Cancel it!"))
        let_go(page, held)
        expect(page.locator(".o-toast")).to_contain_text("Anna Kowalska")
        expect(page.locator(COMPOSER)).to_have_value("To Piotr")
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.locator(".o-refused")).to_contain_text("First answer")
        expect(page.locator(COMPOSER)).to_have_value("Second answer")
        page.reload()
        expect(page.locator(".o-refused")).to_contain_text("First answer")
        expect(page.locator(COMPOSER)).to_have_value("Second answer")
    assert replies() == []


def test_a_colleague_who_logs_in_from_another_tab_sends_nobody_elses_reply(live_server, client, ola, asked):
    bob = make_user("Operator", username="bob", first_name="Bob")
    bobs = logged_in(bob).cookies["sessionid"].value
    with opened(live_server, client, address(asked)) as page:
        olas = page.context.cookies()
        page.context.set_offline(True)
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-pending")).to_contain_text("not sent yet")
        page.context.add_cookies([{"name": "sessionid", "value": bobs, "url": live_server.url}])
        page.context.set_offline(False)
        expect(page.locator(".o-toast")).to_contain_text("Now Bob is logged in here", timeout=LATER)
        his = page.context.new_page()
        his.goto(live_server.url + address(asked))
        expect(his.locator(".o-bubble.o-client")).to_be_visible()
        expect(his.locator(".o-pending")).to_have_count(0)
        expect(his.locator(COMPOSER)).to_have_value("")
        his.wait_for_timeout(4_000)  # a queue looks every three seconds
        expect(page.locator(".o-pending")).to_contain_text("not sent yet")
        page.context.add_cookies(olas)
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon", timeout=LATER)
    assert ChatMessage.objects.get(text="At noon").author == ola


def test_two_tabs_lose_no_waiting_reply_and_send_none_that_was_discarded(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        second = page.context.new_page()
        second.goto(live_server.url + address(asked))
        page.context.set_offline(True)
        for tab, words in ((page, "From the first"), (second, "From the second"), (page, "Rather not")):
            write(tab, words)
            tab.keyboard.press("Enter")
            expect(second.locator(".o-pending", has_text=words)).to_contain_text("not sent yet", timeout=LATER)
        expect(page.locator(".o-pending")).to_have_count(3)
        second.locator(".o-pending", has_text="Rather not").get_by_role("button", name="Discard").click()
        expect(page.locator(".o-pending")).to_have_count(2)
        page.close()  # the other tab sends for it
        second.context.set_offline(False)
        expect(second.locator(".o-pending")).to_have_count(0, timeout=25_000)
    assert sorted(replies()) == ["From the first", "From the second"]
