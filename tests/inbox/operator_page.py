"""What browser tests of the operator's page share."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from playwright.sync_api import Page

from messaging.inbox.models import ChatMessage

LATER = 8_000  # milliseconds; the test's server cannot stream, so pages come for news every two seconds


def meanwhile(work: Callable[[], Any]) -> None:
    """Do something in the database while a page is open."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join()


def address(asked: ChatMessage) -> str:
    return f"/inbox/{asked.conversation_id}/"


def row(page: Page, asked: ChatMessage) -> Any:
    return page.locator(f"#row-{asked.conversation_id}")


def write(page: Page, text: str) -> None:
    page.get_by_label("Reply").press_sequentially(text)


def replies() -> list[str]:
    return list(ChatMessage.objects.filter(sender="operator").order_by("pk").values_list("text", flat=True))
