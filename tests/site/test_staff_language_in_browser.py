"""The choice of a language, by keyboard on a laptop and by finger on a phone."""

from playwright import sync_api

from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.makers import make_user

pytestmark = needs_browser


def test_a_language_is_chosen_by_keyboard_and_the_page_stays(live_server, client):
    client.force_login(make_user(is_superuser=True, username="alice"))
    with opened(live_server, client, "/admin/orders/order/?q=5") as page:
        page.set_viewport_size(LAPTOP)
        menu = page.locator("button.g-user")
        menu.focus()
        page.keyboard.press("Enter")
        sync_api.expect(menu).to_have_attribute("aria-expanded", "true")
        page.get_by_role("button", name="Русский").focus()
        page.keyboard.press("Enter")
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "ru")
        assert page.url.endswith("/admin/orders/order/?q=5")


def test_a_language_is_chosen_on_a_phone(live_server, client):
    client.force_login(make_user(is_superuser=True, username="alice"))
    with opened(live_server, client, "/inbox/") as page:
        page.set_viewport_size(PHONE)
        page.locator("[x-on\\:click*=sidebarMobileOpen]").locator("visible=true").first.click()
        page.locator("button.g-user").click()
        page.get_by_role("button", name="Українська").click()
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "uk")


def test_a_language_is_chosen_at_the_login_page(live_server, client):
    with opened(live_server, client, "/admin/login/?next=/inbox/") as page:
        page.get_by_role("button", name="Polski").click()
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "pl")
        assert page.url.endswith("/admin/login/?next=/inbox/")
