"""The chat from both sides at once: operators and a client in browsers of their own, on a site that serves them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from locations.models import Channel, Client, DeliveryZone
from messaging.inbox.conversations.writing import tell_operators
from messaging.inbox.identity.access import client_token
from messaging.inbox.models import ChatMessage, ChatSettings, Conversation, Hint
from tests.browser import ARGUMENTS, CHROMIUM, LAPTOP, PHONE, needs_browser
from tests.inbox.beside import aside
from tests.inbox.makers import client_writes, logged_in, make_conversation, switch_on
from tests.makers import make_client, make_gateway, make_location, make_order, make_user
from tests.processes import Site, wait_until
from tests.running_worker import received

pytestmark = [*needs_browser, pytest.mark.slow]
GREETING = "Welcome! Ask us about your order."
UNREAD = re.compile("o-unread")


@dataclass
class Sides:
    """Anna's phone and the operators' laptops; `logins`: by name, the keys of Ola, Igor and Maria, the manager."""

    address: str
    anna: Client
    logins: dict[str, str]
    browser: Browser
    errors: list[str] = field(default_factory=list)

    def client(self) -> Page:
        """Anna opens the link to her chat on the phone."""
        return self._open(f"/chat/{client_token(self.anna)}/", PHONE)

    def operator(self, name: str = "ola", path: str = "/inbox/") -> Page:
        return self._open(path, LAPTOP, self.logins[name])

    def _open(self, path: str, size: dict[str, int], login: str = "") -> Page:
        context = self.browser.new_context(viewport=size)
        if login:
            context.add_cookies([{"name": "sessionid", "value": login, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.address + path)
        return page


@pytest.fixture
def sides(site: Site) -> Iterator[Sides]:
    switch_on(greeting=GREETING, staff_emails="office@company.example")
    make_gateway("sandbox_email", name="Sandbox mailbox")
    anna = make_client(name="Anna Kowalska", first_name="Anna", language="en")
    make_order(make_location(anna, zone=DeliveryZone.objects.create(name="North")), number="WX-1042")
    Hint.objects.create(name="On the way", text="Dear {first_name}, order {order_number} is on the way.")
    users = [make_user("Operator", username="ola"), make_user("Operator", username="igor")]
    users.append(make_user("Manager", username="maria"))
    logins = {user.username: logged_in(user).cookies["sessionid"].value for user in users}
    site.start("serve")
    wait_until(lambda: "Gonets is at" in site.said(), "the site is there")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        sides = Sides(f"http://127.0.0.1:{site.port}", anna, logins, browser)
        try:
            yield sides
        finally:
            browser.close()
    assert not sides.errors


def client_sends(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def operator_sends(page: Page, text: str) -> None:
    page.get_by_label("Reply").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def row(page: Page, name: str = "Anna Kowalska") -> Locator:
    """The conversation in the operator's list."""
    return page.locator(".o-row").filter(has_text=name)


def red_count(page: Page) -> Locator:
    """Beside the chat's item in the menu."""
    return page.locator("[data-unread-url]")


def said_to_client(page: Page) -> Locator:
    return page.locator("#messages .bubble p")


def said_to_operator(page: Page) -> Locator:
    return page.locator("#o-messages .o-bubble:not(.o-pending) .o-text")


def kept() -> list[tuple[str, str]]:
    """Who said what, as it stands in the database."""
    return aside(lambda: list(ChatMessage.objects.order_by("pk").values_list("sender", "text")))


def test_a_first_contact_is_greeted_seen_and_answered_by_a_hint(sides: Sides):
    operator, client = sides.operator(), sides.client()
    expect(said_to_client(client)).to_have_text([GREETING])
    expect(red_count(operator)).to_be_hidden()
    client_sends(client, "Where is my order?")
    expect(row(operator)).to_have_class(UNREAD)
    expect(red_count(operator)).to_have_text("1")
    row(operator).click()
    expect(said_to_operator(operator)).to_have_text(["Where is my order?"])
    expect(row(operator)).not_to_have_class(UNREAD)
    expect(red_count(operator)).to_be_hidden()
    expect(client.locator("#messages .mine .state")).to_have_text("seen")
    operator.get_by_label("Reply").press_sequentially("/way")
    operator.get_by_role("option", name="On the way").click()
    operator.keyboard.press("Enter")
    expect(said_to_client(client).last).to_have_text("Dear Anna, order WX-1042 is on the way.")
    expect(operator.locator(".o-bubble.o-operator .o-seen")).to_be_visible()
    client.reload()
    expect(said_to_client(client)).to_have_count(2)  # the greeting was for the first contact
    answer = "Dear Anna, order WX-1042 is on the way."
    assert kept() == [("client", "Where is my order?"), ("operator", answer)]


def test_what_is_marked_unread_is_unread_for_all_until_all_is_marked_read(sides: Sides):
    ola, igor, client = sides.operator("ola"), sides.operator("igor"), sides.client()
    client_sends(client, "Hello")
    aside(tell_operators, "The gateway was paused.")
    for page in (ola, igor):
        expect(red_count(page)).to_have_text("2")
    row(ola).click()
    expect(red_count(igor)).to_have_text("1")
    ola.get_by_role("button", name="Unread").click()
    for page in (ola, igor):
        expect(row(page)).to_have_class(UNREAD)
        expect(red_count(page)).to_have_text("2")
    igor.get_by_role("button", name="Mark all read").click()
    for page in (ola, igor):
        expect(page.locator(".o-row.o-unread")).to_have_count(0)
        expect(red_count(page)).to_be_hidden()
    assert aside(Conversation.objects.filter(is_unread=True).count) == 0


def test_filters_are_combined_kept_up_to_date_and_reset(sides: Sides):
    for name in ("Piotr", "Jan"):
        aside(lambda name=name: client_writes(make_conversation(make_client(name=name)), "Hello"))
    aside(tell_operators, "The gateway was paused.")
    operator, client = sides.operator(), sides.client()
    client_sends(client, "Hello from the north")
    expect(operator.locator(".o-row")).to_have_count(4)
    expect(operator.get_by_role("link", name="Unread 4")).to_be_visible()
    row(operator, "Jan").click()
    operator.get_by_role("link", name="Unread 3").click()
    expect(row(operator, "Jan")).to_have_count(0)
    operator.get_by_role("link", name="System 1").click()
    expect(operator.locator(".o-row")).to_contain_text(["The gateway was paused."])
    operator.get_by_role("link", name="System 1").click()
    operator.get_by_role("link", name="Clients", exact=True).click()
    expect(operator.locator(".o-row")).to_have_count(2)
    operator.locator("[data-filters] > summary").click()
    operator.get_by_label("Delivery zone").select_option("North")
    operator.get_by_role("button", name="Show").click()
    expect(operator.locator(".o-row")).to_contain_text(["Hello from the north"])
    client_sends(client, "Is anybody there?")
    expect(operator.locator(".o-row")).to_contain_text(["Is anybody there?"])
    operator.get_by_role("link", name="Reset", exact=True).click()
    expect(operator.locator(".o-row")).to_have_count(4)


def test_a_hidden_message_is_for_colleagues_only(sides: Sides):
    ola, igor, client = sides.operator("ola"), sides.operator("igor"), sides.client()
    client_sends(client, "Hello")
    row(ola).click()
    row(igor).click()
    ola.locator("#o-is-hidden").check()
    ola.get_by_label("Reply").fill("He never pays")
    ola.get_by_role("button", name="Keep for us").click()
    expect(igor.locator(".o-bubble.o-hidden .o-text")).to_have_text("He never pays")
    ola.locator("#o-is-hidden").uncheck()
    operator_sends(ola, "Good day!")
    expect(said_to_client(client)).to_have_text([GREETING, "Hello", "Good day!"])
    client.reload()
    expect(said_to_client(client)).to_have_text(["Hello", "Good day!"])
    assert "never pays" not in client.content()


def test_where_the_chat_is_switched_off_a_feedback_form_stands(sides: Sides):
    operator, client = sides.operator(), sides.client()
    settings = aside(lambda: reverse("admin:inbox_chatsettings_change", args=[ChatSettings.current().pk]))
    manager = sides.operator("maria", settings)
    manager.get_by_label("Chat is on").uncheck()
    manager.get_by_role("button", name="Save", exact=True).click()
    expect(client.get_by_role("heading", name="Write to us")).to_be_visible()
    client.get_by_label("Your message").fill("The bottle leaks.")
    client.get_by_role("button", name="Send the message").click()
    expect(client.get_by_role("heading", name="Thank you. We have your message.")).to_be_visible()
    expect(row(operator)).to_contain_text("The bottle leaks.")
    expect(row(operator)).to_have_class(UNREAD)
    wait_until(lambda: aside(received, Channel.EMAIL), "the staff got a letter")
    ((address, letter),) = aside(received, Channel.EMAIL)
    assert address == "office@company.example"
    assert "The bottle leaks." in letter


def test_while_both_are_without_a_network_nothing_is_lost_or_doubled(sides: Sides):
    operator, client = sides.operator(), sides.client()
    client_sends(client, "Where is my order?")
    row(operator).click()
    expect(said_to_operator(operator)).to_have_text(["Where is my order?"])
    for page in (operator, client):
        page.context.set_offline(True)
    client_sends(client, "Hello?")
    client_sends(client, "Cancel it!")
    operator_sends(operator, "It comes at noon.")
    expect(client.locator("#offline")).to_be_visible()
    expect(operator.locator(".o-pending")).to_contain_text("not sent yet")
    operator.wait_for_timeout(3_000)
    client.context.set_offline(False)
    expect(client.locator("#messages .mine[data-id]")).to_have_count(3)
    operator.context.set_offline(False)
    expect(operator.locator("#o-refusals")).to_contain_text("It comes at noon.")
    expect(said_to_operator(operator)).to_have_text(["Where is my order?", "Hello?", "Cancel it!"])
    expect(operator.get_by_label("Reply")).to_have_value("")  # what was refused waits in a box of its own
    operator_sends(operator, "It is cancelled.")
    everything = ["Where is my order?", "Hello?", "Cancel it!", "It is cancelled."]
    expect(said_to_operator(operator)).to_have_text(everything)
    expect(said_to_client(client)).to_have_text([GREETING, *everything])
    assert [text for _sender, text in kept()] == everything
