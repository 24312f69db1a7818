"""A newcomer's way from the first start to the first message of their own orders, counted in clicks."""

import re
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from playwright import sync_api

from tests.browser import ARGUMENTS, CHROMIUM, LAPTOP, needs_browser
from tests.imports.sending import table
from tests.processes import Site, wait_until

pytestmark = needs_browser
MOST_CLICKS = 15
FILE_DIALOG = 2  # clicks in the system's own dialog, which no page sees: the file and "Open"
COUNT = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true);
"""


@pytest.fixture
def orders_of_my_own(tmp_path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(table({"orderNumber": "MINE-1", "clientName": "Own Customer", "contactPhone": "+48 501 234 567"}))
    return path


def go(page: sync_api.Page, word: str) -> None:
    """By the menu at the left."""
    page.locator("#nav-sidebar a, nav a", has_text=word).first.click()


def is_well(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_the_first_message_of_own_orders_is_few_clicks_away(site: Site, orders_of_my_own):
    site.run("first_start").check_returncode()
    site.start("serve", "--show-login")
    address = f"http://127.0.0.1:{site.port}"
    wait_until(lambda: is_well(address), "web and worker are well", 60)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(viewport=LAPTOP).new_page()
        page.add_init_script(COUNT)
        page.goto(address)
        page.fill("#id_username", "admin")
        page.fill("#id_password", (settings.DATA_DIR / "password").read_text().strip())
        page.get_by_role("button", name="Log in").click()
        go(page, "Import")
        page.get_by_role("link", name="Import orders").first.click()
        with page.expect_file_chooser() as chooser:
            page.locator("label.i-drop").click()
        chooser.value.set_files(orders_of_my_own)
        page.get_by_role("button", name="Check the file").click()
        page.get_by_label("Notify customers about these orders").check()
        page.get_by_role("button", name="Import 1 order").click()
        sync_api.expect(page.get_by_text("Done: 1 created")).to_be_visible(timeout=30_000)
        go(page, "Orders")
        page.get_by_role("link", name="MINE-1").click()
        page.get_by_role("button", name="Preparing", exact=True).click()
        go(page, "Sandbox phone")
        sync_api.expect(page.locator("body")).to_contain_text(re.compile("MINE-1"), timeout=30_000)
        clicks = int(page.evaluate("sessionStorage.clicks"))
        browser.close()
    assert clicks + FILE_DIALOG <= MOST_CLICKS, clicks
