"""A real browser for tests marked `browser`: Debian's chromium, or the one that CHROMIUM names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# Put on top of a file: pytestmark = needs_browser
needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs chromium: sudo apt install chromium"),
]


@contextmanager
def opened(
    live_server: Any, client: Any, address: str, size: dict[str, int] | None = None, zone: str = "Europe/Warsaw"
) -> Iterator[sync_api.Page]:
    """The page in a browser, logged in as `client` is; an error of a script on it fails the test.

    Ask the database before it is opened or after it is closed, not in between.
    """
    errors: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport=size or LAPTOP, timezone_id=zone)
            if "sessionid" in client.cookies:
                session = client.cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(live_server.url + address)
            yield page
        finally:
            browser.close()
    assert not errors
