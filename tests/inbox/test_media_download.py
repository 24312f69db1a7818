"""Files that clients sent by other lines are fetched by the worker, checked by content, and refused in words."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from messaging.gateways import polling
from messaging.gateways.adapters.telegram.bot import Telegram
from messaging.gateways.models import Gateway
from messaging.inbox.inbound.media_download import TRY_AFTER_MINUTES, due_files, fetch, start_fetching
from messaging.inbox.models import Attachment, AttachmentState, ChatEvent, ChatMessage, EventKind
from tests.gateways.telegram_server import TelegramServer
from tests.makers import make_gateway
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
ALICE = 4242


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def gateway(telegram) -> Gateway:
    return make_gateway("telegram", config=telegram.config())


@pytest.fixture
def send(telegram, gateway) -> Any:
    """A person sends a file by Telegram; the row that waits for its content."""

    def send(file_id: str, name: str, mime_type: str = "", **fields: Any) -> Attachment:
        telegram.say(ALICE, document={"file_id": file_id, "file_name": name, "mime_type": mime_type}, **fields)
        polling.arrange_polls()
        polling.poll(gateway.pk)
        run_worker()
        return Attachment.objects.latest("pk")

    return send


def png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    return content.getvalue()


def fetched(attachment: Attachment) -> Attachment:
    """The task runs; the worker has started it already, when it read the message or when it was due again."""
    start_fetching(timezone.now() + datetime.timedelta(days=1))
    fetch(attachment.pk)
    attachment.refresh_from_db()
    return attachment


def test_a_photo_stands_in_the_thread_after_it_was_fetched(send, telegram):
    attachment = send("f1", "zdjęcie.png", "image/png", caption="Tak wygląda")
    assert (attachment.state, attachment.chat_message.text) == (AttachmentState.WAITING, "Tak wygląda")
    telegram.files["f1"] = png()
    seen = ChatEvent.objects.latest("pk").pk
    fetched(attachment)
    assert (attachment.state, attachment.content_type) == (AttachmentState.READY, "image/png")
    assert (attachment.width, attachment.height) == (40, 30)
    event = ChatEvent.objects.get(pk__gt=seen)
    assert (event.kind, event.chat_message) == (EventKind.DELIVERY, attachment.chat_message)


def test_the_worker_starts_one_task_for_each_file_and_none_twice(send):
    send("f1", "a.png")
    Attachment.objects.update(fetch_after=timezone.now(), tries=0)
    assert start_fetching(timezone.now()) == 1
    assert not due_files(timezone.now()).exists()
    assert Attachment.objects.get().tries == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"PK\x03\x04zip", "photo.jpg", "is called a picture"),
        (b"MZ\x90\x00", "setup.exe", "not accepted"),
        (b"", "a.pdf", "is empty"),
    ],
)
def test_what_is_not_what_it_is_called_is_refused_in_words(send, telegram, content, name, words):
    attachment = send("f1", name)
    telegram.files["f1"] = content
    fetched(attachment)
    assert attachment.state == AttachmentState.REFUSED
    assert words in str(attachment.reason)
    assert not attachment.file


def test_a_file_that_is_gone_is_refused(send):
    attachment = fetched(send("gone", "a.png"))
    assert (attachment.state, bool(attachment.reason)) == (AttachmentState.REFUSED, True)


def test_a_provider_that_is_away_is_asked_again_and_not_for_ever(send, gateway):
    attachment = send("f1", "a.png")
    gateway.config = {**gateway.config, "base_url": "http://127.0.0.1:9"}
    gateway.save()
    Attachment.objects.update(tries=0)
    for _try in TRY_AFTER_MINUTES:
        fetched(attachment)
        assert attachment.state == AttachmentState.WAITING
        assert attachment.fetch_after > timezone.now()
    assert fetched(attachment).state == AttachmentState.REFUSED
    assert str(attachment.reason) == "Telegram could not be reached."


def test_a_gateway_that_was_removed_leaves_a_reason(send, gateway):
    attachment = send("f1", "a.png")
    gateway.delete()
    assert fetched(attachment).state == AttachmentState.REFUSED


def test_a_name_leads_nowhere(send):
    attachment = send("f1", "../../etc/passwd")
    assert attachment.name == "passwd"
    assert ChatMessage.objects.get().text == ""


def test_a_fault_of_ours_is_tried_again_and_then_said(send, telegram, monkeypatch, caplog):
    attachment = send("f1", "a.png", "image/png")
    telegram.files["f1"] = png()
    with monkeypatch.context() as patched:
        patched.setattr(Telegram, "fetch_media", lambda *_: int("x"))
        fetched(attachment)
    assert "could not be fetched" in caplog.text
    assert (attachment.state, str(attachment.reason)) == (
        AttachmentState.WAITING,
        "The program failed to fetch it; the log has the details.",
    )
    assert fetched(attachment).state == AttachmentState.READY
