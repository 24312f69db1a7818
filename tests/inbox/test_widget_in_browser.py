"""The chat's button on a shop's page: another origin, a strict policy, no cookies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from locations.models import Client
from messaging.inbox.conversations.writing import Said, reply
from messaging.inbox.lines.lines import Reach, web_line
from messaging.inbox.models import ChatSettings, Conversation
from tests.browser import ARGUMENTS, CHROMIUM, LAPTOP, PHONE, needs_browser
from tests.inbox.beside import aside
from tests.inbox.makers import switch_on
from tests.inbox.shop import Shop
from tests.inbox.streams import start_web
from tests.makers import make_user
from tests.processes import Site

pytestmark = [*needs_browser, pytest.mark.slow]


@dataclass
class Visitor:
    """A customer of the shop, in front of the shop's page."""

    browser: Browser
    shop: Shop
    operator: Any
    said: list[str]

    def open(self, size: dict[str, int] = LAPTOP) -> Page:
        page = self.browser.new_context(viewport=size).new_page()
        page.on("console", lambda told: self.said.append(told.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.set_default_timeout(8_000)  # milliseconds
        page.goto(self.shop.origin)
        return page

    def answer(self, text: str) -> None:
        aside(self._answer, text)

    def _answer(self, text: str) -> None:
        conversation = Conversation.objects.get()
        reply(conversation, self.operator, Said(text), Reach(web_line()), seen=conversation.newest_id)


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    home = f"http://127.0.0.1:{start_web(site)}"
    with Shop(home) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visitor = Visitor(browser, shop, aside(make_user, "Operator"), [])
        secret = aside(lambda: switch_on(allowed_origins=shop.origin).token_secret)
        claims = {"sub": "C-7", "name": "Anna Brown", "exp": int(timezone.now().timestamp()) + 3600}
        token = jwt.encode(claims, secret, algorithm="HS256")
        shop.page = f'<script src="{home}/chat/widget.js" data-token="{token}" async></script>'
        try:
            yield visitor
        finally:
            browser.close()


def chat_of(page: Page) -> Any:
    return page.frame_locator("iframe")


def write(page: Page, text: str) -> None:
    chat_of(page).locator("#text").fill(text)
    chat_of(page).get_by_role("button", name="Send", exact=True).click()


def test_a_customer_of_the_shop_talks_and_sees_what_is_unread(visitor: Visitor):
    page = visitor.open()
    page.get_by_role("button", name="Chat").click()
    write(page, "Do you have it in blue?")
    expect(chat_of(page).locator(".mine[data-id]")).to_have_count(1)
    visitor.answer("We do.")
    expect(chat_of(page).locator(".bubble").last).to_contain_text("We do.")
    page.get_by_role("button", name="Close the chat").click()
    expect(page.locator("iframe")).to_be_hidden()
    visitor.answer("And in red.")
    expect(page.get_by_role("button", name="Chat (1)")).to_be_visible()
    page.get_by_role("button", name="Chat (1)").click()
    expect(chat_of(page).locator(".bubble").last).to_contain_text("And in red.")
    page.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("button", name="Chat", exact=True)).to_be_visible()
    assert aside(lambda: Client.objects.get(external_id="C-7").name) == "Anna Brown"
    assert not page.context.cookies()
    assert not visitor.said


def test_what_came_before_is_counted_without_opening_it(visitor: Visitor):
    page = visitor.open()
    page.get_by_role("button", name="Chat").click()
    write(page, "Hello")
    expect(chat_of(page).locator(".mine[data-id]")).to_have_count(1)
    page.close()
    visitor.answer("Good day!")
    page = visitor.open()
    expect(page.get_by_role("button", name="Chat (1)")).to_be_visible()
    assert aside(lambda: Conversation.objects.get().client_read_up_to) == 0  # counted is not seen


def test_keys_open_and_close_it(visitor: Visitor):
    page = visitor.open()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(chat_of(page).locator("#text")).to_be_focused()
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(chat_of(page).locator(".mine[data-id] p")).to_have_text("By keys")
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat")).to_be_focused()


def test_a_phone_is_filled_and_the_cross_covers_nothing(visitor: Visitor):
    page = visitor.open(PHONE)
    page.get_by_role("button", name="Chat").click()
    expect(chat_of(page).locator("#text")).to_be_visible()
    assert page.locator("iframe").bounding_box() == {"x": 0, "y": 0, **PHONE}
    cross = page.get_by_role("button", name="Close the chat").bounding_box()
    name = chat_of(page).locator("h1").bounding_box()
    assert name["x"] + name["width"] <= cross["x"]


def test_on_a_site_that_is_not_named_nothing_is_shown(visitor: Visitor):
    aside(ChatSettings.objects.update, allowed_origins="https://other.example")
    page = visitor.open()
    page.get_by_role("button", name="Chat").click()
    page.wait_for_timeout(500)
    assert chat_of(page).locator("#text").count() == 0
    assert any("frame-ancestors" in one for one in visitor.said)


def test_a_stranger_gets_the_feedback_form(visitor: Visitor):
    visitor.shop.page = visitor.shop.page.split(" data-token=")[0] + " async></script>"
    page = visitor.open()
    page.get_by_role("button", name="Chat").click()
    form = chat_of(page)
    form.get_by_label("Your name").fill("Boris")
    form.get_by_label("Phone or e-mail for our answer").fill("boris@example.com")
    form.get_by_label("Your message").fill("Do you deliver on Sundays?")
    form.get_by_role("button", name="Send the message").click()
    expect(form.get_by_role("heading", name="Thank you. We have your message.")).to_be_visible()
    assert aside(lambda: Conversation.objects.get().title) == "Boris, boris@example.com"
