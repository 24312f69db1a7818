"""Letters for tests, and how they come: through a real mailbox, the worker and the operator's page."""

from pathlib import Path
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from locations.values.reasons import NONE
from messaging.gateways import polling
from messaging.gateways.models import Gateway
from messaging.inbox.inbound.media_download import fetch
from messaging.inbox.models import Attachment, AttachmentState, Conversation
from messaging.outbox.models import Message
from tests.inbox.makers import logged_in
from tests.makers import make_user
from tests.running_worker import run_worker

LETTERS = Path(__file__).parents[1] / "gateways" / "letters"
SENDING = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "orders@shop.example"}


def read_mailbox(gateway: Gateway) -> None:
    while True:
        polling.poll(gateway.pk)
        gateway.refresh_from_db()
        assert gateway.poll_problem == NONE
        if gateway.poll_at > timezone.now():
            break
    run_worker()
    for pk in Attachment.objects.filter(state=AttachmentState.WAITING).values_list("pk", flat=True):
        fetch(pk)


def letter(name: str, key: Any = "") -> bytes:
    [path] = LETTERS.glob(f"{name}-*.eml")
    return path.read_bytes().replace(b"@@KEY@@", str(key).encode())


def good(number: int) -> bytes:
    return (
        f"From: Good {number} <good{number}@example.com>\r\nSubject: Good\r\nMessage-ID: <{number}@good.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nDzień dobry {number}\r\n"
    ).encode()


def make_letter_of_ours(**fields: Any) -> Message:
    """A letter of ours."""
    return Message.objects.create(channel="email", purpose="service", body="On its way.", **fields)


def content_of(file: Attachment) -> bytes:
    with file.file.open("rb") as kept:
        return kept.read()


def page_of(conversation: Conversation) -> str:
    browser: Browser = logged_in(make_user("Operator"))
    return browser.get(f"/inbox/{conversation.pk}/").content.decode()
