"""What happens while the page is open is shown there, whatever the network does; one comes back to where one was."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from locations.models import Channel
from messaging.inbox.models import Conversation
from messaging.outbox.models import Message
from tests.browser import PHONE, needs_browser, opened
from tests.inbox.makers import client_writes, make_conversation
from tests.inbox.operator_page import LATER, address, meanwhile, row
from tests.makers import make_client

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]


def test_what_a_robot_sends_by_sms_appears_in_the_open_talk(live_server, client, ola, asked, anna):
    with opened(live_server, client, address(asked)) as page:
        expect(page.locator(".o-bubble.o-client")).to_be_visible()
        sms = {"client": anna, "channel": Channel.SMS, "to": "+48501234567"}
        meanwhile(lambda: Message.objects.create(body="It is on its way", **sms))
        expect(page.locator(".o-outside")).to_contain_text("It is on its way", timeout=12_000)
        expect(page.locator(".o-outside")).to_contain_text("queued")
        meanwhile(lambda: Message.objects.update(state="sent"))
        expect(page.locator(".o-outside .g-badge")).to_have_text("sent", timeout=12_000)
        expect(page.locator(".o-outside")).to_have_count(1)


def test_an_empty_talk_that_was_marked_unread_is_read_when_it_is_opened(live_server, client, ola):
    empty = make_conversation(make_client(name="Piotr"), is_unread=True, unread=1)
    with opened(live_server, client, "/inbox/") as page:
        page.locator(f"#row-{empty.pk}").click()
        expect(page.locator(f"#row-{empty.pk}")).not_to_have_class(re.compile("o-unread"))
    assert not Conversation.objects.get().is_unread


def test_news_whose_row_could_not_be_fetched_are_shown_a_moment_later(live_server, client, ola, asked):
    other = make_conversation(make_client(name="Piotr"))
    failed: list[str] = []

    def fail_the_first(route: Any) -> None:
        if failed:
            route.continue_()
        else:
            failed.append(route.request.url)
            route.abort()

    with opened(live_server, client, address(asked)) as page:
        expect(page.locator(".o-bubble.o-client")).to_be_visible()
        page.route(f"**/inbox/{other.pk}/row/**", fail_the_first)
        meanwhile(lambda: client_writes(other, "And me?"))
        expect(page.locator(f"#row-{other.pk}")).to_contain_text("And me?", timeout=LATER)
    assert failed


def test_one_comes_back_to_where_one_was_in_the_list(live_server, client, ola):
    rows = [client_writes(make_conversation(make_client(name=f"Person {number}"))) for number in range(70)]
    with opened(live_server, client, "/inbox/", PHONE) as page:
        far = page.locator(f"#row-{rows[5].conversation_id}")
        for _turn in range(6):
            page.locator("#o-rows").evaluate("rows => { rows.scrollTop = rows.scrollHeight; }")
            page.wait_for_timeout(300)
        far.scroll_into_view_if_needed()
        page.wait_for_timeout(200)
        before = page.locator("#o-rows").evaluate("rows => rows.scrollTop")
        far.click()
        page.get_by_role("link", name="Back").click()
        expect(far).to_be_in_viewport()
        assert abs(page.locator("#o-rows").evaluate("rows => rows.scrollTop") - before) < 80
        page.reload()
        expect(far).to_be_in_viewport()


def test_marking_all_read_is_taken_back(live_server, client, ola, asked):
    with opened(live_server, client, "/inbox/") as page:
        page.get_by_role("button", name="Mark all read").click()
        expect(row(page, asked)).not_to_have_class(re.compile("o-unread"))
        page.get_by_role("button", name="Undo").click()
        expect(row(page, asked)).to_have_class(re.compile("o-unread"))


def test_a_sender_is_blocked_and_unblocked_on_the_page(live_server, client, ola, asked):
    with opened(live_server, client, address(asked)) as page:
        page.get_by_text("Unwanted messages").click()
        page.get_by_role("button", name="Block this sender").click()
        expect(page.locator(".o-thread")).to_contain_text("This sender is blocked")
        meanwhile(lambda: client_writes(asked.conversation, "Hello?"))
        page.goto(f"{live_server.url}/inbox/?state=blocked")
        expect(row(page, asked)).to_contain_text("blocked, 1 since")
        row(page, asked).click()
        page.locator("#o-panel").get_by_role("button", name="Unblock").click()
        expect(page.get_by_label("Reply")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".o-thread")).to_contain_text("This sender is blocked")
    assert Conversation.objects.get().state == "blocked"
