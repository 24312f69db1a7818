"""The first page stays true while it is open, and leaves alone what somebody is in."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from playwright import sync_api

from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from tests.browser import needs_browser, opened
from tests.makers import make_gateway, make_user

pytestmark = needs_browser


@pytest.fixture(autouse=True)
def alice(client) -> None:
    client.force_login(make_user(is_superuser=True))


def meanwhile(work: Callable[[], object]) -> None:
    """In a thread of its own: this one belongs to the browser's event loop."""

    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_its_numbers_follow_what_happens(live_server, client, transactional_db):
    make_gateway("sandbox_sms", name="Phone")
    with opened(live_server, client, "/healthz") as page:
        page.clock.install()
        page.goto(f"{live_server.url}/admin/")
        failed = page.locator("#numbers-now a", has_text="Failed today")
        sync_api.expect(failed).to_contain_text("0")
        meanwhile(lambda: Message.objects.create(channel="sms", to="+48501", body="x", state=MessageState.FAILED))
        page.clock.fast_forward(16_000)
        sync_api.expect(failed).to_contain_text("1")
