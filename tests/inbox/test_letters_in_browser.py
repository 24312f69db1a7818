"""A letter on the operator's page: its newest words, and all of it one press away."""

import os

import pytest
from playwright.sync_api import expect

from messaging.inbox.models import ChatMessage
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.inbox.operator_page import address

pytestmark = [*needs_browser, pytest.mark.django_db(transaction=True)]
REPLY = """Tak, proszę przyjechać po 17.

W dniu 12.05.2026 o 10:00 Sklep z wodą napisał(a):
> Dzień dobry, o której możemy przyjechać?
> Pozdrawiamy"""
BROKEN = b"Content-Type: multipart/mixed; boundary*=a; boundary*0=b\r\n\r\n--a\r\n\r\nx\r\n"


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_quotation_is_unfolded_by_a_press(live_server, client, ola, arrive, size):
    letter = (
        f"From: Anna <anna@example.pl>\r\nSubject: Re: A-17\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{REPLY}"
    )
    arrive(letter.encode(), b"From: Anna <anna@example.pl>\r\nSubject: Poison\r\n" + BROKEN)
    with opened(live_server, client, address(ChatMessage.objects.latest("pk")), size) as page:
        expect(page.get_by_text("Tak, proszę przyjechać po 17.")).to_be_visible()
        quoted = page.get_by_text("o której możemy przyjechać?")
        expect(quoted).to_be_hidden()
        page.get_by_text("Show all of the letter").click()
        expect(quoted).to_be_visible()
        expect(page.get_by_role("link", name="letter as it came.eml")).to_be_visible()
        assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/letter-{size['width']}.png")
