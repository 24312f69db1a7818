"""All pages in a real browser: nobody is shut out, nothing sticks out sideways, no phone zooms in, no script fails."""

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright import sync_api

from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.house.whole_company import OWN, make_whole_company, pages_of_admin, pages_of_chat
from tests.makers import make_user

pytestmark = needs_browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WIDE = {"width": 1920, "height": 1080}
WIDER_THAN_WINDOW = "document.scrollingElement.scrollWidth - window.innerWidth"
SERIOUS = """options => axe.run(document, {resultTypes: ['violations'], ...options}).then(found => found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.slice(0, 4).map(node => node.html.slice(0, 200)).join(' and ')}`))"""
SMALL_FIELDS = """[...document.querySelectorAll('input, select, textarea')].filter(one => one.offsetParent
    && !['checkbox', 'radio', 'submit', 'button', 'hidden', 'file', 'range', 'color'].includes(one.type)
    && parseFloat(getComputedStyle(one).fontSize) < 16).map(one => `phones zoom in: ${one.outerHTML.slice(0, 120)}`)"""
DARK = "document.documentElement.classList.add('dark')"
ITS_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def test_one_logs_in_and_is_told_that_the_worker_is_down(live_server, client):
    make_user(username="maria", is_superuser=True)
    with opened(live_server, client, "/admin/") as page:
        assert not list(faults(page))
        page.fill("[name=username]", "maria")
        page.fill("[name=password]", "secret")
        page.click("[type=submit]")
        sync_api.expect(page.get_by_role("alert")).to_contain_text("The worker is not running")


def test_no_page_shuts_anybody_out_sticks_out_or_makes_a_phone_zoom_in(live_server, client):
    user = make_user(is_superuser=True)
    known = make_whole_company(user)
    pages = [*pages_of_admin(user), *OWN.split(), *pages_of_chat(known)]
    assert len(pages) > 60
    client.force_login(user)
    found = {}
    with opened(live_server, client, "/admin/") as page:
        for address in pages:
            page.set_viewport_size(LAPTOP)
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            answer = page.goto(live_server.url + address)
            assert answer.status == (404 if address == "/nowhere/" else 200), address
            page.wait_for_timeout(50)  # fields that search get their names when the page is there
            if problems := list(faults(page)):
                found[address] = problems
    assert not found


def faults(page: sync_api.Page) -> Iterator[str]:
    """What is wrong with the page that is open, seen on a laptop by day, on a large screen, on a phone by night."""
    page.evaluate(AXE)
    if (count := page.locator("main").count()) != 1:
        yield f"{count} main parts"
    yield from page.evaluate(SERIOUS, {})
    yield from sticking_out(page, LAPTOP)
    yield from sticking_out(page, WIDE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate(DARK)
    yield from sticking_out(page, PHONE)
    yield from page.evaluate(SMALL_FIELDS)
    yield from page.evaluate(SERIOUS, ITS_COLOURS)


def sticking_out(page: sync_api.Page, size: dict[str, int]) -> Iterator[str]:
    page.set_viewport_size(size)
    if (pixels := page.evaluate(WIDER_THAN_WINDOW)) > 1:  # one is how a browser rounds
        yield f"{pixels} pixels too wide for {size['width']}"


@pytest.mark.parametrize("address", ["/admin/orders/order/", "/inbox/", "/sandbox/"])
def test_one_skips_the_menu_by_the_keyboard(live_server, client, address):
    client.force_login(make_user(is_superuser=True))
    with opened(live_server, client, address) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to the page"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_fields_that_search_are_called_by_their_label_also_once_something_is_chosen(live_server, client):
    known = make_user(username="employee", is_superuser=True)
    client.force_login(known)
    with opened(live_server, client, "/admin/locations/employee/add/") as page:
        box = page.get_by_role("combobox", name="User")
        box.click()
        page.get_by_role("searchbox", name="User").fill("employee")
        page.get_by_role("option", name="employee").click()
        sync_api.expect(page.get_by_role("combobox", name="User* employee")).to_be_visible()
