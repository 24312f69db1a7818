"""The client's page in a real browser, against a real server: live, without scripts or a network, in two tabs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from messaging.inbox.conversations.state import close, mark_read
from messaging.inbox.conversations.writing import Said, note, reply
from messaging.inbox.identity.access import client_token, revoke_links
from messaging.inbox.lines.lines import Reach, web_line
from messaging.inbox.models import Attachment, ChatMessage, Conversation
from tests.browser import ARGUMENTS, CHROMIUM, PHONE, needs_browser
from tests.inbox.beside import aside
from tests.inbox.makers import make_conversation, switch_on
from tests.inbox.streams import start_web
from tests.makers import make_client, make_user
from tests.processes import Site

pytestmark = [*needs_browser, pytest.mark.slow]
BUBBLES = "#messages .bubble"


@dataclass
class Talk:
    """One client's conversation, a server and a browser; errors of scripts are gathered."""

    conversation: Conversation
    operator: Any
    browser: Browser
    address: str
    errors: list[str] = field(default_factory=list)

    def open(self, **options: Any) -> Page:
        page = self.browser.new_context(viewport=PHONE, **options).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda told: self.errors.append(told.text) if "Content Security" in told.text else None)
        page.goto(self.address)
        return page

    def answer(self, text: str, **more: Any) -> ChatMessage:
        return aside(self._answer, text, **more)

    def _answer(self, text: str, **more: Any) -> ChatMessage:
        self.conversation.refresh_from_db()
        seen = self.conversation.newest_id
        return reply(self.conversation, self.operator, Said(text, **more), Reach(web_line()), seen=seen)

    def texts(self) -> list[str]:
        return aside(lambda: list(self.conversation.chat_messages.values_list("text", flat=True)))


@pytest.fixture
def talk(site: Site) -> Iterator[Talk]:
    switch_on(greeting="Welcome! Ask us about your order.", asks_rating=True)
    conversation = make_conversation(make_client(language="en"))
    operator = make_user("Operator")
    address = f"http://127.0.0.1:{start_web(site)}/chat/{client_token(conversation.client)}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        talk = Talk(conversation, operator, browser, address)
        try:
            yield talk
        finally:
            browser.close()
    assert not talk.errors


def write(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_both_sides_talk_without_a_reload(talk: Talk):
    page = talk.open()
    expect(page.locator(BUBBLES)).to_have_text(["Welcome! Ask us about your order."])
    write(page, "Where is my order?")
    expect(page.locator("#messages .mine .state")).to_have_text("sent")
    aside(lambda: mark_read(talk.conversation, Conversation.objects.get().newest_id))
    expect(page.locator("#messages .mine .state")).to_have_text("seen")
    talk.answer("Two streets away.")
    expect(page.locator(BUBBLES).last).to_contain_text("Two streets away.")
    aside(note, talk.conversation, Said("Never shown"), author=talk.operator)
    talk.answer("Here it is.")
    expect(page.locator(BUBBLES).last).to_contain_text("Here it is.")
    assert "Never shown" not in page.content()
    page.reload()
    expect(page.locator(BUBBLES)).to_have_count(3)  # the greeting was shown once
    aside(close, talk.conversation)
    page.get_by_role("button", name="5 of 5").click()
    expect(page.locator("#rating form")).to_have_count(0)
    assert aside(lambda: Conversation.objects.get().rating) == 5


def test_it_works_without_scripts(talk: Talk):
    page = talk.open(java_script_enabled=False)
    write(page, "Where is my order?")
    expect(page.locator(BUBBLES).last).to_contain_text("Where is my order?")
    talk.answer("Two streets away.")
    page.get_by_role("link", name="Show new messages").click()
    expect(page.locator(BUBBLES).last).to_contain_text("Two streets away.")
    aside(close, talk.conversation)
    page.get_by_role("link", name="Show new messages").click()
    page.get_by_role("button", name="4 of 5").click()
    assert aside(lambda: Conversation.objects.get().rating) == 4


def test_what_is_written_without_a_network_is_kept_and_sent_once(talk: Talk):
    page = talk.open()
    page.context.set_offline(True)
    write(page, "First")
    write(page, "Second")
    expect(page.locator("#messages .mine .state").first).to_have_text("waits for the connection")
    expect(page.locator("#offline")).to_be_visible()
    talk.answer("Are you there?")
    page.context.set_offline(False)
    expect(page.locator("#messages .mine[data-id]")).to_have_count(2)
    expect(page.locator("#offline")).to_be_hidden()
    assert talk.texts() == ["Are you there?", "First", "Second"]
    expect(page.locator("#messages [data-id] p")).to_have_text(["Are you there?", "First", "Second"])


def test_an_answer_that_got_lost_on_the_way_makes_no_second_message(talk: Talk):
    page = talk.open()
    lost = []

    def lose_the_first(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # it arrives there, but nothing comes back
            return route.abort()
        return route.continue_()

    page.route(talk.address, lose_the_first)
    write(page, "Where is my order?")
    expect(page.locator("#messages .mine[data-id]")).to_have_count(1, timeout=10_000)
    assert lost
    assert talk.texts() == ["Where is my order?"]


def test_two_tabs_show_the_same(talk: Talk):
    one, other = talk.open(), talk.open()
    write(one, "From the first tab")
    expect(other.locator("#messages .mine p")).to_have_text(["From the first tab"])
    write(other, "From the second tab")
    for page in (one, other):
        expect(page.locator("#messages .mine p")).to_have_text(["From the first tab", "From the second tab"])


def test_a_photo_goes_out_and_a_zip_in_its_clothes_does_not(talk: Talk, tmp_path: Path):
    photo, trap = tmp_path / "street.jpg", tmp_path / "trap.jpg"
    Image.new("RGB", (800, 600), "green").save(photo)
    trap.write_bytes(b"PK\x03\x04" + bytes(100))
    page = talk.open()
    page.set_input_files("#file", photo)
    page.get_by_role("button", name="Send", exact=True).click()
    shown = page.locator("#messages .picture img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
    page.set_input_files("#file", trap)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#messages .failed")).to_contain_text("is called a picture, but is none inside")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#messages .failed")).to_have_count(0)
    assert aside(Attachment.objects.count) == 1


def test_a_script_in_the_words_is_only_words(talk: Talk):
    page = talk.open()
    write(page, "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>")
    expect(page.locator("#messages .mine[data-id] p")).to_contain_text("<script>")
    talk.answer("<b>bold</b>")
    expect(page.locator(BUBBLES).last).to_contain_text("<b>bold</b>")
    assert page.title() != "run"


def test_a_revoked_link_closes_the_open_page(talk: Talk):
    page = talk.open()
    write(page, "Hello")
    expect(page.locator("#messages .mine[data-id]")).to_have_count(1)
    page.fill("#text", "Half a sentence")
    aside(revoke_links, talk.conversation.client)
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_have_text("This page cannot be used any more. Open the link once more.")
    expect(page.locator("#messages .waiting")).to_contain_text("Half a sentence")
    assert talk.texts() == ["Hello"]


def test_keys_are_enough(talk: Talk):
    page = talk.open()
    for _step in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("By keys")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("alone")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .mine[data-id] p")).to_have_text("By keys\nalone")


def test_the_composer_stays_in_sight_and_nothing_is_wider_than_a_phone(talk: Talk):
    page = talk.open()
    for number in range(25):
        talk.answer(f"{number} " + "longword" * 30)
    expect(page.locator(BUBBLES)).to_have_count(26)
    page.reload()
    box = page.locator("#composer").bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    expect(page.locator(BUBBLES).last).to_be_in_viewport()
