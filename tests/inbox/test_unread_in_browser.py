"""The red number in the menu of every page goes without a reload (D24)."""

import pytest

from messaging.inbox.conversations.state import mark_all_read
from tests.browser import needs_browser, opened
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_user

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]
BADGE = "[data-unread-url]"


def test_the_number_follows_without_a_reload(live_server):
    conversation = make_conversation()
    client_writes(conversation)
    browser = logged_in(make_user("Operator"))
    with opened(live_server, browser, "/admin/orders/order/") as page:
        assert page.locator(BADGE).inner_text() == "1"
        page.route("**/inbox/unread/", lambda route: route.fulfill(json={"unread": 120}))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_function(f"document.querySelector('{BADGE}').textContent === '99+'")
        page.unroute("**/inbox/unread/")
    mark_all_read()
    client_writes(conversation, "Once more")
    mark_all_read()
    with opened(live_server, browser, "/admin/orders/order/") as page:
        assert not page.locator(BADGE).is_visible()
        page.evaluate("document.dispatchEvent(new CustomEvent('gonets:unread', { detail: 3 }))")
        assert page.locator(BADGE).inner_text() == "3"
        page.evaluate("document.dispatchEvent(new CustomEvent('gonets:unread', { detail: 0 }))")
        assert not page.locator(BADGE).is_visible()
