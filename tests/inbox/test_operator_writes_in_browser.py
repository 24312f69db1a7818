"""Answering in the operator's page: once, with hints and drafts, whatever the network and the login do."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from locations.models import ContactKind, ContactPoint
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import AddressKind, ChatMessage, Draft, Hint, LineKind
from tests.browser import needs_browser, opened
from tests.inbox.makers import client_writes
from tests.inbox.operator_page import LATER, address, meanwhile, replies, write
from tests.makers import make_gateway, make_location, make_order

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]


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
        expect(page.locator(".o-refused")).to_contain_text("A new message came while you were writing")
        expect(page.locator(".o-bubble").last).to_contain_text("Cancel it!")
        page.get_by_role("button", name="Put back").click()
        expect(page.get_by_label("Reply")).to_have_value("At noon")
        expect(page.locator(".o-refused")).to_have_count(0)
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon")
    assert replies() == ["At noon"]


def test_a_reply_goes_by_the_line_that_the_client_changed_to(live_server, client, ola, asked, anna):
    ContactPoint.objects.create(client=anna, kind=ContactKind.PHONE, value="+48501234567")
    line = line_of(make_gateway(name="Our number"), LineKind.SMS)
    remember_address(asked.conversation, AddressKind.PHONE, "+48501234567", line)
    with opened(live_server, client, address(asked)) as page:
        expect(page.locator("[data-way-words]")).to_have_text("by Web chat")
        meanwhile(lambda: receive(asked.conversation, Said("No internet here"), line))
        expect(page.locator("[data-way-words]")).to_have_text("by Our number", timeout=LATER)
        write(page, "At noon")
        page.keyboard.press("Enter")
        expect(page.locator(".o-bubble.o-operator:not(.o-pending)")).to_contain_text("At noon")
    assert ChatMessage.objects.last().line == line


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
